locals {
  # Without ids, so that they can be added later and every name stays.
  repository = replace(var.repository, "/@[0-9]+/", "")

  # What of the repository goes into the names of its roles and its bucket: the
  # beginning of its name, for people, and a hash, which keeps repositories of
  # the same name apart. Names of roles have 64 characters and those of buckets
  # 63, of which this may have 27.
  repository_slug = trim(substr(replace(lower(split("/", local.repository)[1]), "/[^a-z0-9]+/", "-"), 0, 20), "-")
  repository_name = join("-", compact([local.repository_slug, substr(sha256(local.repository), 0, 6)]))
}
