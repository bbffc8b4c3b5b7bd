package import Lifecycle

/// The version of the messages on the sockets; both ends must speak the same.
package let protocolVersion = 1
package let buildVersion = "0.1.0"

/// The first frame of a client. Its members keep their names and meaning in every version.
package struct Hello: Equatable, Sendable, Codable {
    package var protocolVersion: Int
    package var program: String
    package var build: String

    package init(program: String, protocolVersion: Int = Wire.protocolVersion) {
        self.protocolVersion = protocolVersion
        self.program = program
        build = buildVersion
    }
}

/// The first frame of a daemon. Its members keep their names and meaning in every version.
package struct Welcome: Equatable, Sendable, Codable {
    package enum VaultCondition: String, Sendable, Codable { case none, locked, lockedByPerson, open }
    package var protocolVersion: Int
    package var build: String
    package var vault: VaultCondition
    /// Whether the key holder reaches the prober; true from the prober itself.
    package var prober: Bool
    /// False when a credential is held in the keyring and the key holder does not reach `secret-session`.
    package var session: Bool
    /// Keyring slots whose copy of the anchor is to be renewed; whoever talks with the keyring does so.
    package var anchorSlots: [RecordID]
    /// What a person should be told at the end of every command; nil when all is well.
    package var attention: Attention?

    package init(
        vault: VaultCondition, prober: Bool, session: Bool = true, anchorSlots: [RecordID] = [],
        attention: Attention?
    ) {
        protocolVersion = Wire.protocolVersion
        build = buildVersion
        self.vault = vault
        self.prober = prober
        self.session = session
        self.anchorSlots = anchorSlots
        self.attention = attention
    }

    /// Of another version only that version and its build are understood; what else it says may be new.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        protocolVersion = try members.decode(Int.self, forKey: .protocolVersion)
        build = try members.decode(String.self, forKey: .build)
        let isOurs = protocolVersion == Wire.protocolVersion
        vault = isOurs ? try members.decode(VaultCondition.self, forKey: .vault) : .none
        prober = isOurs ? try members.decode(Bool.self, forKey: .prober) : false
        session = isOurs ? try members.decode(Bool.self, forKey: .session) : true
        anchorSlots = isOurs ? try members.decode([RecordID].self, forKey: .anchorSlots) : []
        attention = isOurs ? try members.decodeIfPresent(Attention.self, forKey: .attention) : nil
    }
}

/// The most urgent credential that needs a person, and how many do.
package struct Attention: Equatable, Sendable, Codable {
    package var name: CredentialName
    package var state: State
    package var action: String
    package var others: Int

    package init(name: CredentialName, state: State, action: String, others: Int) {
        self.name = name
        self.state = state
        self.action = action
        self.others = others
    }
}
