# The organization's management account: the organization, its complete list of trusted services, and the account that
# administers Identity Center. `check-sign-in.sh` refuses a plan that would turn sign-in off.

terraform {
  required_version = ">= 1.7"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.53.0"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"] # your management account
}

# What exists is taken in, once. The list below must be complete before this is applied: an import with a list that
# lacks sso.amazonaws.com disables it in the same apply.
import {
  to = aws_organizations_organization.this
  id = "o-exampleorg01" # aws organizations describe-organization --query Organization.Id
}

resource "aws_organizations_organization" "this" {
  # aws organizations list-aws-service-access-for-organization --query 'EnabledServicePrincipals[].ServicePrincipal'
  aws_service_access_principals = [
    "ram.amazonaws.com",
    "sso.amazonaws.com",
  ]

  lifecycle {
    prevent_destroy = true # stops a destroy; it doesn't stop an update of the list
  }
}

resource "aws_organizations_delegated_administrator" "identity_center" {
  account_id        = "222233334444" # a member account
  service_principal = "sso.amazonaws.com"

  depends_on = [aws_organizations_organization.this]
}
