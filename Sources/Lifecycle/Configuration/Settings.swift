/// What an operator may change in `config.yaml`; every member has a default.
package struct Settings: Sendable, Equatable {
    package var confirm = Confirmations()
    package var probe = ProbeSettings()
    package var backoff = Backoff()
    /// Without a conclusive answer for this long, and for two intervals, a credential is `unproven`.
    package var unprovenAfter = Duration.hours(24)
    /// How long before a deadline a notice is sent, the longest first.
    package var warnBefore = [Duration.days(30), .days(14), .days(7), .days(3), .days(1)]
    /// The least wait that is believed when a provider names one.
    package var retryAfterFloor = Duration.seconds(60)
    /// How long a replaced version is kept and watched.
    package var grace = Duration.hours(24)

    package var notify = Notices()

    package static let standard = Settings()

    /// Where people are told what needs them, besides the line at the end of each command.
    package struct Notices: Sendable, Equatable {
        /// By the desktop's notification service, where a session bus is.
        package var desktop = true
        /// A program and its arguments; it reads the notice as JSON.
        package var command: [String] = []
        package var webhook: Webhook?
        /// A program that speaks Assuan, asked instead of gpg-agent's pinentry.
        package var pinentry: String?

        /// Whether notices go where no desktop is.
        package var leavesMachine: Bool { !command.isEmpty || webhook != nil }
    }

    package struct Webhook: Sendable, Equatable {
        package enum Address: Sendable, Equatable {
            case plain(BaseURL)
            /// The address is a secret itself, as those of Discord and Slack are.
            case secret(CredentialName)
        }
        package enum Template: String, CaseIterable, Sendable { case json, discord, slack, ntfy }
        package var address: Address
        package var template: Template

        package init(address: Address, template: Template) {
            self.address = address
            self.template = template
        }
    }

    /// How much evidence a death needs, and when a suspect is asked again.
    package struct Confirmations: Sendable, Equatable {
        package var explicit = Confirmation(count: 2, span: .minutes(10))
        package var generic = Confirmation(count: 3, span: .hours(1))
        package var flaky = Confirmation(count: 4, span: .hours(6))
        /// Waits after the first, second, ... bad answer; behind the last one, twice as long but at most 2 h.
        package var recheck = [Duration.minutes(10), .minutes(30), .hours(1)]

        package subscript(profile: ConfirmationProfile) -> Confirmation {
            switch profile {
            case .explicit: explicit
            case .generic: generic
            case .flaky: flaky
            }
        }
    }

    /// At least `count` bad answers, the first and the last at least `span` apart.
    package struct Confirmation: Sendable, Equatable {
        package var count: Int
        package var span: Duration

        package init(count: Int, span: Duration) {
            self.count = count
            self.span = span
        }
    }

    package struct ProbeSettings: Sendable, Equatable {
        /// By policy id; a kind that is missing keeps its policy's interval.
        package var interval: [String: Duration] = [:]
        /// One request per host in this time.
        package var hostRate = Duration.seconds(2)
        /// From the first byte sent to the last byte read.
        package var timeout = Duration.seconds(10)
        /// Paths of PEM files whose certificates are trusted besides the system's.
        package var trust: [String] = []
    }

    /// Waits after failures that time may heal, doubled from `first` up to `most`.
    package struct Backoff: Sendable, Equatable {
        package var first = Duration.minutes(5)
        package var most = Duration.hours(6)
    }
}
