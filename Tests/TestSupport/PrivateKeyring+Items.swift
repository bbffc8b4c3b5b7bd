extension PrivateKeyring {
    /// The ids of Tokenward's items, in the order of their making.
    package borrowing func itemIDs() throws(TestFault) -> [String] {
        let found = try call("org.freedesktop.Secret.Service.SearchItems", "{'xdg:schema': 'tokenward.Key'}")
        let paths = found.split(separator: "'").map(String.init).filter { $0.hasPrefix("/") }
        var numbered: [(number: Int, id: String)] = []
        for path in paths {
            let attributes = try property("Attributes", of: path).split(separator: "'").map(String.init)
            guard let place = attributes.firstIndex(of: "id"), attributes.count > place + 2,
                let number = path.split(separator: "/").last.flatMap({ Int($0) })
            else { throw .unexpected(path) }
            numbered.append((number, attributes[place + 2]))
        }
        return numbered.sorted { $0.number < $1.number }.map(\.id)
    }

    /// What new items go to: `login`, or `session`, which forgets them at the end of the session.
    package borrowing func setDefaultCollection(_ name: String) throws(TestFault) {
        try call("org.freedesktop.Secret.Service.SetAlias", "default", "/org/freedesktop/secrets/collection/\(name)")
    }
}
