// A stand-in for Terraform's aws and awscc providers, for recording plans only (../record.py): the few resource types
// that the gate judges, with attributes named, typed and defaulted as registry.terraform.io/providers/hashicorp/aws
// documents them. It calls nobody: what "AWS has" is the JSON file that STUB_WORLD names, {type: {id: attributes or
// null}}, and a resource that the file doesn't name is as the state says.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// One attribute's letters after its name: r required, c computed, f forces a new resource, s a set of strings,
// b a set of blocks with name and policy. No letter: an optional string.
var resources = map[string]string{
	"aws_organizations_organization":            "aws_service_access_principals:s feature_set:d master_account_id:c arn:c",
	"aws_organizations_aws_service_access":      "service_principal:rf date_enabled:c",
	"aws_organizations_delegated_administrator": "account_id:rf service_principal:rf arn:c",
	"aws_iam_policy":                            "name:rf policy:r arn:c path",
	"aws_iam_role":                              "name:rf assume_role_policy:r permissions_boundary arn:c inline_policy:b managed_policy_arns:s",
	"aws_iam_role_policy":                       "name:rf role:rf policy:r",
	"aws_iam_role_policy_attachment":            "role:rf policy_arn:rf",
	"aws_iam_role_policy_attachments_exclusive": "role_name:rf policy_arns:s",
	"aws_iam_service_linked_role":               "aws_service_name:rf description arn:c name:c",
	"aws_iam_saml_provider":                     "name:rf saml_metadata_document:r arn:c",
	"aws_ssoadmin_permission_set":               "name:rf instance_arn:rf arn:c",
	"aws_ssoadmin_managed_policy_attachment":    "instance_arn:rf permission_set_arn:rf managed_policy_arn:rf",
	"aws_ssoadmin_account_assignment":           "instance_arn:rf permission_set_arn:rf principal_id:rf principal_type:rf target_id:rf target_type:f",
	"aws_accountaccess_application":             "name:r arn:c",
	"awscc_sso_instance":                        "name identity_store_id:c instance_arn:c",
	"awscc_organizations_organization":          "feature_set:d management_account_id:c",
	"awscc_iam_role_policy":                     "policy_name:rf role_name:rf policy_document:r",
}

type stub struct{ name string }

func (s *stub) Metadata(_ context.Context, _ provider.MetadataRequest, r *provider.MetadataResponse) {
	r.TypeName = s.name
}
func (*stub) Schema(_ context.Context, _ provider.SchemaRequest, r *provider.SchemaResponse) {
	r.Schema.Attributes = map[string]providerschema.Attribute{
		"region":              providerschema.StringAttribute{Optional: true},
		"allowed_account_ids": providerschema.SetAttribute{Optional: true, ElementType: types.StringType},
	}
}
func (*stub) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (*stub) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (s *stub) Resources(context.Context) (all []func() resource.Resource) {
	for name := range resources {
		if strings.HasPrefix(name, s.name+"_") {
			all = append(all, func() resource.Resource { return &kind{name} })
		}
	}
	return all
}

type kind struct{ name string }

func (k *kind) Metadata(_ context.Context, _ resource.MetadataRequest, r *resource.MetadataResponse) {
	r.TypeName = k.name
}

func (k *kind) Schema(_ context.Context, _ resource.SchemaRequest, r *resource.SchemaResponse) {
	r.Schema.Attributes = map[string]schema.Attribute{"id": computed()}
	r.Schema.Blocks = map[string]schema.Block{}
	for _, entry := range strings.Fields(resources[k.name]) {
		name, letters, _ := strings.Cut(entry, ":")
		has := func(letter string) bool { return strings.Contains(letters, letter) }
		switch {
		case has("s"):
			r.Schema.Attributes[name] = schema.SetAttribute{Optional: true, ElementType: types.StringType}
		case has("b"):
			r.Schema.Blocks[name] = schema.SetNestedBlock{NestedObject: schema.NestedBlockObject{
				Attributes: map[string]schema.Attribute{
					"name":   schema.StringAttribute{Optional: true},
					"policy": schema.StringAttribute{Optional: true},
				}}}
		case has("c"):
			r.Schema.Attributes[name] = computed()
		case has("d"):
			r.Schema.Attributes[name] = schema.StringAttribute{
				Optional: true, Computed: true, Default: stringdefault.StaticString("ALL")}
		default:
			attribute := schema.StringAttribute{Required: has("r"), Optional: !has("r")}
			if has("f") {
				attribute.PlanModifiers = []planmodifier.String{stringplanmodifier.RequiresReplace()}
			}
			r.Schema.Attributes[name] = attribute
		}
	}
}

func computed() schema.StringAttribute {
	return schema.StringAttribute{
		Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()}}
}

// Fills what only AWS would tell: the first required attribute is the id, an ARN is made of it.
func (k *kind) filled(raw tftypes.Value) tftypes.Value {
	id := "o-exampleorg01"
	var values map[string]tftypes.Value
	_ = raw.As(&values)
	for _, entry := range strings.Fields(resources[k.name]) {
		name, letters, _ := strings.Cut(entry, ":")
		if strings.Contains(letters, "r") {
			_ = values[name].As(&id)
			break
		}
	}
	done, err := tftypes.Transform(raw, func(at *tftypes.AttributePath, value tftypes.Value) (tftypes.Value, error) {
		if value.IsKnown() || !value.Type().Is(tftypes.String) {
			return value, nil
		}
		switch at.LastStep() {
		case tftypes.AttributeName("id"):
			return tftypes.NewValue(tftypes.String, id), nil
		case tftypes.AttributeName("master_account_id"), tftypes.AttributeName("management_account_id"):
			return tftypes.NewValue(tftypes.String, "111122223333"), nil
		case tftypes.AttributeName("date_enabled"):
			return tftypes.NewValue(tftypes.String, "2026-01-02T03:04:05Z"), nil
		case tftypes.AttributeName("name"):
			return tftypes.NewValue(tftypes.String, "AWSServiceRoleForSSO"), nil
		}
		return tftypes.NewValue(tftypes.String, "arn:aws:iam::111122223333:policy/"+id), nil
	})
	if err != nil {
		log.Fatal(err)
	}
	return done
}

func (k *kind) Create(_ context.Context, q resource.CreateRequest, r *resource.CreateResponse) {
	r.State.Raw = k.filled(q.Plan.Raw)
}

func (k *kind) Update(_ context.Context, q resource.UpdateRequest, r *resource.UpdateResponse) {
	r.State.Raw = k.filled(q.Plan.Raw)
}

func (*kind) Delete(_ context.Context, _ resource.DeleteRequest, r *resource.DeleteResponse) {
	if os.Getenv("STUB_REFUSE_DELETE") != "" {
		r.Diagnostics.AddError("AWS refuses", "the scene wants a deposed object")
	}
}

func (k *kind) ImportState(ctx context.Context, q resource.ImportStateRequest, r *resource.ImportStateResponse) {
	resource.ImportStatePassthroughID(ctx, path.Root("id"), q, r)
}

func (k *kind) Read(ctx context.Context, q resource.ReadRequest, r *resource.ReadResponse) {
	var id string
	q.State.GetAttribute(ctx, path.Root("id"), &id)
	has, known := world()[k.name][id]
	if !known {
		return
	}
	if has == nil {
		r.State.RemoveResource(ctx)
		return
	}
	for name, value := range has {
		set(ctx, &r.State, name, value)
	}
}

func set(ctx context.Context, state *tfsdk.State, name string, value any) {
	if list, is := value.([]any); is {
		texts := []string{}
		for _, item := range list {
			texts = append(texts, item.(string))
		}
		value = texts
	}
	if problems := state.SetAttribute(ctx, path.Root(name), value); problems.HasError() {
		log.Fatal(problems)
	}
}

func world() (found map[string]map[string]map[string]any) {
	text, err := os.ReadFile(os.Getenv("STUB_WORLD"))
	if err == nil {
		err = json.Unmarshal(text, &found)
	}
	if err != nil {
		log.Fatal(err)
	}
	return found
}

// The same program is either provider, by the name that it is started under.
func main() {
	name := "aws"
	if strings.Contains(os.Args[0], "awscc") {
		name = "awscc"
	}
	options := providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/" + name}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return &stub{name} }, options); err != nil {
		log.Fatal(err)
	}
}
