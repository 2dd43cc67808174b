//go:build tools

// Package tools pins what this module exists to build: the official YAML language host, from the Go module proxy.
package tools

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
