"""The component plugin: the same components for every Pulumi language (`pulumi package add`)."""

import sys

from pulumi_aws_identity_center.components.on_demand import ComponentsOnDemand
from pulumi_aws_identity_center.provider.serving import main

if __name__ == "__main__":
    main(ComponentsOnDemand(), sys.argv[1:])
