locals {
  # Without IDs, so that names stay the same when IDs are added later.
  repository = replace(var.repository, "/@[0-9]+/", "")

  # The part of the role names and of the bucket name that identifies the repository:
  # the beginning of its name, and a hash that makes it unique. It has up to 27
  # characters, because role names have up to 64 characters and bucket names up to 63.
  repository_slug = trim(substr(replace(lower(split("/", local.repository)[1]), "/[^a-z0-9]+/", "-"), 0, 20), "-")
  repository_name = join("-", compact([local.repository_slug, substr(sha256(local.repository), 0, 6)]))
}
