//go:build tools

// Package tools pins what this module exists to build: the real `pulumi` CLI, from the Go module proxy.
package tools

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
