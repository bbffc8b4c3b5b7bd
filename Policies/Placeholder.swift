enum PlaceholderPolicies {}
