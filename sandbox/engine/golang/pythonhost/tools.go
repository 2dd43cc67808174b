//go:build tools

// Package tools pins what this module exists to build: an older official Python language host, to check the stand-in against.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
