// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A Swift module of this package and what it may import; `.ci/check-imports` holds the same table.
func module(_ name: String, _ dependencies: Target.Dependency..., excluding: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: excluding, swiftSettings: strict)
}

/// A composition root: one program.
func program(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strict)
}

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]

let package = Package(
    name: "tokenward",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
        .systemLibrary(name: "CSecret", pkgConfig: "libsecret-1", providers: [.apt(["libsecret-1-dev"])]),
        .systemLibrary(name: "CLinux"),
        module("Lifecycle"),
        .target(
            name: "Policies", dependencies: ["Lifecycle", "Sealing", "Yams"], path: "Policies",
            exclude: ["policy.schema.json"],
            resources: [
                .embedInCode("anthropic/setup-token.yaml"),
                .embedInCode("anthropic/api-key.yaml"),
                .embedInCode("anthropic/admin-key.yaml"),
                .embedInCode("openai/openai-api-key.yaml"),
                .embedInCode("openrouter/openrouter-api-key.yaml"),
                .embedInCode("anthropic/anthropic-oauth-pair.yaml"),
                .embedInCode("aws/aws-access-key.yaml"),
                .embedInCode("brave/brave-search-api-key.yaml"),
                .embedInCode("cloudflare/cloudflare-api-token.yaml"),
                .embedInCode("cohere/cohere-api-key.yaml"),
                .embedInCode("datadog/datadog-keys.yaml"),
                .embedInCode("deepgram/deepgram-api-key.yaml"),
                .embedInCode("deepseek/deepseek-api-key.yaml"),
                .embedInCode("digitalocean/digitalocean-token.yaml"),
                .embedInCode("discord/discord-bot-token.yaml"),
                .embedInCode("elevenlabs/elevenlabs-api-key.yaml"),
                .embedInCode("github/github-token.yaml"),
                .embedInCode("gitlab/gitlab-pat.yaml"),
                .embedInCode("google/google-gemini-api-key.yaml"),
                .embedInCode("groq/groq-api-key.yaml"),
                .embedInCode("huggingface/huggingface-token.yaml"),
                .embedInCode("linear/linear-api-key.yaml"),
                .embedInCode("minimax/minimax-api-key.yaml"),
                .embedInCode("mistral/mistral-api-key.yaml"),
                .embedInCode("moonshot/moonshot-api-key.yaml"),
                .embedInCode("notion/notion-token.yaml"),
                .embedInCode("openai/openai-admin-key.yaml"),
                .embedInCode("openai/openai-codex-oauth.yaml"),
                .embedInCode("perplexity/perplexity-api-key.yaml"),
                .embedInCode("replicate/replicate-api-token.yaml"),
                .embedInCode("sendgrid/sendgrid-api-key.yaml"),
                .embedInCode("sentry/sentry-token.yaml"),
                .embedInCode("slack/slack-app-token.yaml"),
                .embedInCode("slack/slack-bot-token.yaml"),
                .embedInCode("stripe/stripe-api-key.yaml"),
                .embedInCode("tavily/tavily-api-key.yaml"),
                .embedInCode("telegram/telegram-bot-token.yaml"),
                .embedInCode("together/together-api-key.yaml"),
                .embedInCode("twilio/twilio-credentials.yaml"),
                .embedInCode("vercel/vercel-token.yaml"),
                .embedInCode("xai/xai-api-key.yaml"),
                .embedInCode("zai/zai-api-key.yaml"),
            ],
            swiftSettings: strict),
        module("Sealing", "CSodium", "CLinux", excluding: ["ENVELOPE.md"]),
        module("Storage", "Lifecycle", .product(name: "GRDB", package: "GRDB.swift")),
        module(
            "Probing", "Lifecycle", "Sealing",
            .product(name: "AsyncHTTPClient", package: "async-http-client"), nio[0], nio[1], nio[2], nio[3]),
        module("Wire", "Lifecycle", "Sealing", "CLinux"),
        module("Serving", "Lifecycle", "Wire", lifecycle, signals, logging),
        module("Vault", "Lifecycle", "Sealing", "Storage", "Wire"),
        module("Keyring", "Sealing", "CSecret"),
        module("Redaction", "Sealing"),
        program(
            "secretd", "Lifecycle", "Policies", "Sealing", "Storage", "Wire", "Serving", "Vault", lifecycle, logging),
        program("secret-prober", "Lifecycle", "Policies", "Sealing", "Probing", "Wire", "Serving"),
        program("secret", "Lifecycle", "Sealing", "Wire", arguments),
        program(
            "secret-session", "CLinux", "CSecret", "Lifecycle", "Policies", "Sealing", "Wire", "Serving", "Keyring",
            "Redaction",
            arguments, lifecycle),
        .executableTarget(
            name: "secret-simulator", dependencies: ["Lifecycle", "Policies", arguments] + nio,
            swiftSettings: strict),
        .target(
            name: "TestSupport", dependencies: ["CLinux", "Keyring", "Lifecycle", "Sealing", "Vault", "Wire"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "FuzzTargets", dependencies: ["Lifecycle", "Policies", "Sealing", "Wire"], path: "Tests/FuzzTargets",
            swiftSettings: strict),
        .executableTarget(
            name: "vault-exerciser", dependencies: ["Lifecycle", "Policies", "Sealing", "Storage", "Vault", "Wire"],
            path: "Tests/VaultExerciser", swiftSettings: strict),
        .executableTarget(
            name: "trap-program", dependencies: ["CLinux", "Sealing"], path: "Tests/TrapProgram",
            // So that arguments stay in registers, in debug builds too.
            swiftSettings: strict + [.unsafeFlags(["-O"])]),
        tests("FuzzTests", "FuzzTargets"),
        tests("LifecycleTests", "Lifecycle", "Policies", "secret-simulator"),
        tests("PoliciesTests", "Lifecycle", "Policies"),
        tests("SealingTests", "Sealing", "CSodium", "secret"),
        tests("StorageTests", "Storage", "Lifecycle", .product(name: "GRDB", package: "GRDB.swift")),
        tests("ProbingTests", "Probing", "Lifecycle", "Sealing", "Policies", "secret-simulator"),
        tests("WireTests", "CLinux", "Wire", "Lifecycle", "Sealing"),
        tests(
            "VaultTests", "Vault", "Lifecycle", "Sealing", "Storage", "Wire", "Policies", "Probing", "secret-simulator",
            .product(name: "GRDB", package: "GRDB.swift")),
        tests("RedactionTests", "Redaction", "Sealing"),
        tests("KeyringTests", "Keyring", "Lifecycle", "Sealing", "Vault", "Wire", "secretd", "secret-session"),
        tests(
            "CommandLineTests", "CLinux", "Lifecycle", "Sealing", "Wire", "secret", "secretd", "secret-prober",
            "secret-session", "secret-simulator", "vault-exerciser", "trap-program"),
    ]
)

// libFuzzer lends the entry of this program, so that it links only with `-sanitize=fuzzer`: `.ci/campaign fuzz`.
if Context.environment["TOKENWARD_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["CFuzzer", "FuzzTargets"], path: "Tests/Fuzz", swiftSettings: strict,
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),  // gold fails on libFuzzer's objects
    ]
}
