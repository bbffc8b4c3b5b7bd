enum PlaceholderKeyring {}
