// sdkgen writes the Python or TypeScript SDK of a Pulumi package with Pulumi's own generators.
//
// Standard input is the package's JSON schema; the arguments are the language (python or nodejs), the folder to write
// to and the address of the engine's schema loader, which only a schema that names other packages' types needs.
// Exit status 1 and a message on standard error tell what is wrong with the schema.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: sdkgen LANGUAGE FOLDER LOADER_ADDRESS < SCHEMA")
		os.Exit(2)
	}
	if err := generate(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(language, folder, loaderAddress string) error {
	client, err := schema.NewLoaderClient(loaderAddress)
	if err != nil {
		return err
	}
	defer client.Close()
	loader := schema.NewCachedLoader(client)

	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return fmt.Errorf("reading the schema: %w", err)
	}
	// A component's schema may name types of packages that nobody has installed yet.
	options := schema.ValidationOptions{AllowDanglingReferences: true}
	pkg, diagnostics, err := schema.BindSpec(spec, loader, options)
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	files, err := sdkFiles(language, pkg, loader)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// sdkFiles gives the SDK's files by their path in it.
func sdkFiles(language string, pkg *schema.Package, loader schema.ReferenceLoader) (map[string][]byte, error) {
	switch language {
	case "python":
		return python.GeneratePackage("sandbox", pkg, nil, loader)
	case "nodejs":
		return nodejs.GeneratePackage("sandbox", pkg, nil, nil, true, loader)
	}
	return nil, fmt.Errorf("the language %q is neither python nor nodejs", language)
}
