/** @module-tag extended */
import { beforeAll, describe, expect, test } from "vitest";
import { APPLY_TIMEOUT } from "./applied-stack.ts";
import { because, reasonToSkip } from "./available.ts";
import { useTerraformFolder } from "./terraform-folder.ts";

const skipped = await reasonToSkip();

const CONFIGURATION = `
provider "aws" {
  region            = "us-east-1"
  s3_use_path_style = true
}
resource "aws_s3_bucket" "files" {
  bucket = "files"
}
resource "aws_cloudfront_distribution" "site" {
  enabled = true
  origin {
    domain_name = "example.com"
    origin_id   = "site"
    custom_origin_config {
      http_port              = 80
      https_port             = 443
      origin_protocol_policy = "https-only"
      origin_ssl_protocols   = ["TLSv1.2"]
    }
  }
  default_cache_behavior {
    allowed_methods        = ["GET", "HEAD"]
    cached_methods         = ["GET", "HEAD"]
    target_origin_id       = "site"
    viewer_protocol_policy = "https-only"
    cache_policy_id        = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  }
  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }
  viewer_certificate {
    cloudfront_default_certificate = true
  }
}
resource "aws_route53_zone" "zone" {
  name = "example.com"
}
resource "aws_vpc" "network" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_sns_topic" "news" {
  name = "news"
}
resource "aws_cognito_user_pool" "users" {
  name = "users"
}
`;

describe.skipIf(skipped)(`services that the local AWS does not have${because(skipped)}`, () => {
  const folder = useTerraformFolder({ region: "us-east-1" });
  beforeAll(async () => {
    await folder.write("main.tf", CONFIGURATION);
  }, APPLY_TIMEOUT);

  test(
    "cause errors of Terraform with the service and the operation",
    { timeout: APPLY_TIMEOUT },
    async () => {
      const error: unknown = await folder.root.apply().catch((reason: unknown) => reason);
      const refused = Array.from(
        String(error).matchAll(/operation error ([\w ]+: \w+),.*?NotImplemented: (.*)/g),
        ([, operation, message]) => `${operation}: ${message}`,
      );
      const missing = "The local AWS does not implement the service";
      expect(refused.toSorted()).toEqual([
        `CloudFront: CreateDistributionWithTags: ${missing} cloudfront (POST /2020-05-31/distribution).`,
        `Cognito Identity Provider: CreateUserPool: ${missing} cognito-idp (CreateUserPool).`,
        `EC2: CreateVpc: ${missing} ec2 (CreateVpc).`,
        `Route 53: CreateHostedZone: ${missing} route53 (POST /2013-04-01/hostedzone).`,
        `S3: CreateBucket: ${missing} s3 (PUT /files).`,
        `SNS: CreateTopic: ${missing} sns (CreateTopic).`,
      ]);
    },
  );
});
