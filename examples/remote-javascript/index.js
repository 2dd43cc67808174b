// The components from JavaScript: the package is named in Pulumi.yaml, and nothing of it is imported or generated.
// `pulumi package add PATH/TO/components` writes typed classes instead of the two below.
"use strict";
const pulumi = require("@pulumi/pulumi");

// A remote component's outputs are the properties that are named here.
class TrustedAccess extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    const outputs = { servicePrincipal: undefined, dateEnabled: undefined, protected: undefined };
    super("aws-identity-center:index:TrustedAccess", name, { ...outputs, ...args }, opts, true);
  }
}

class Instance extends pulumi.ComponentResource {
  constructor(name, args, opts) {
    const outputs = { arn: undefined, identityStoreId: undefined, region: undefined, status: undefined };
    super("aws-identity-center:index:Instance", name, { ...outputs, ...args }, opts, true);
  }
}

// Set breakGlass (reason, expires) in the stack's configuration to take it down on purpose.
const access = new TrustedAccess("sso", { breakGlass: new pulumi.Config().getObject("breakGlass") });
const instance = new Instance("sso", { trustedAccess: access.servicePrincipal });

exports.protected = access.protected;
exports.instanceArn = instance.arn;
exports.instanceStatus = instance.status;
