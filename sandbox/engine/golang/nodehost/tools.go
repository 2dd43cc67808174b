//go:build tools

// Package tools pins what this module exists to build: an official Node.js language host, from the Go module proxy.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
