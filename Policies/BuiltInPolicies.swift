package import Lifecycle

/// Why a policy file cannot be used.
package enum PolicyFileProblem: Error, Equatable, Sendable {
    case unreadable(file: String, String)
    case yaml(file: String, YAMLProblem)
    case format(file: String, FormatProblem)
    /// Files that are each good, but not together.
    case catalogue(FormatProblem)

    /// One lower-case line.
    package var message: String {
        switch self {
        case .unreadable(let file, let problem): "the policy \(file) is not used: \(problem)"
        case .yaml(let file, let problem):
            "the policy \(file) is not YAML: \(problem.line.map { "line \($0): " } ?? "")\(problem.message)"
        case .format(let file, let problem): "the policy \(file) is wrong: \(problem.line)"
        case .catalogue(let problem): "the policies do not fit together: \(problem.line)"
        }
    }
}

/// The policies that are compiled into the program.
package enum BuiltInPolicies {
    /// Path below `Policies/` and content.
    static var files: [(path: String, bytes: [UInt8])] {
        [
            ("anthropic/setup-token.yaml", PackageResources.setup_token_yaml),
            ("anthropic/api-key.yaml", PackageResources.api_key_yaml),
            ("anthropic/admin-key.yaml", PackageResources.admin_key_yaml),
            ("openai/openai-api-key.yaml", PackageResources.openai_api_key_yaml),
            ("openrouter/openrouter-api-key.yaml", PackageResources.openrouter_api_key_yaml),
            ("anthropic/anthropic-oauth-pair.yaml", PackageResources.anthropic_oauth_pair_yaml),
            ("aws/aws-access-key.yaml", PackageResources.aws_access_key_yaml),
            ("brave/brave-search-api-key.yaml", PackageResources.brave_search_api_key_yaml),
            ("cloudflare/cloudflare-api-token.yaml", PackageResources.cloudflare_api_token_yaml),
            ("cohere/cohere-api-key.yaml", PackageResources.cohere_api_key_yaml),
            ("datadog/datadog-keys.yaml", PackageResources.datadog_keys_yaml),
            ("deepgram/deepgram-api-key.yaml", PackageResources.deepgram_api_key_yaml),
            ("deepseek/deepseek-api-key.yaml", PackageResources.deepseek_api_key_yaml),
            ("digitalocean/digitalocean-token.yaml", PackageResources.digitalocean_token_yaml),
            ("discord/discord-bot-token.yaml", PackageResources.discord_bot_token_yaml),
            ("elevenlabs/elevenlabs-api-key.yaml", PackageResources.elevenlabs_api_key_yaml),
            ("github/github-token.yaml", PackageResources.github_token_yaml),
            ("gitlab/gitlab-pat.yaml", PackageResources.gitlab_pat_yaml),
            ("google/google-gemini-api-key.yaml", PackageResources.google_gemini_api_key_yaml),
            ("groq/groq-api-key.yaml", PackageResources.groq_api_key_yaml),
            ("huggingface/huggingface-token.yaml", PackageResources.huggingface_token_yaml),
            ("linear/linear-api-key.yaml", PackageResources.linear_api_key_yaml),
            ("minimax/minimax-api-key.yaml", PackageResources.minimax_api_key_yaml),
            ("mistral/mistral-api-key.yaml", PackageResources.mistral_api_key_yaml),
            ("moonshot/moonshot-api-key.yaml", PackageResources.moonshot_api_key_yaml),
            ("notion/notion-token.yaml", PackageResources.notion_token_yaml),
            ("openai/openai-admin-key.yaml", PackageResources.openai_admin_key_yaml),
            ("openai/openai-codex-oauth.yaml", PackageResources.openai_codex_oauth_yaml),
            ("perplexity/perplexity-api-key.yaml", PackageResources.perplexity_api_key_yaml),
            ("replicate/replicate-api-token.yaml", PackageResources.replicate_api_token_yaml),
            ("sendgrid/sendgrid-api-key.yaml", PackageResources.sendgrid_api_key_yaml),
            ("sentry/sentry-token.yaml", PackageResources.sentry_token_yaml),
            ("slack/slack-app-token.yaml", PackageResources.slack_app_token_yaml),
            ("slack/slack-bot-token.yaml", PackageResources.slack_bot_token_yaml),
            ("stripe/stripe-api-key.yaml", PackageResources.stripe_api_key_yaml),
            ("tavily/tavily-api-key.yaml", PackageResources.tavily_api_key_yaml),
            ("telegram/telegram-bot-token.yaml", PackageResources.telegram_bot_token_yaml),
            ("together/together-api-key.yaml", PackageResources.together_api_key_yaml),
            ("twilio/twilio-credentials.yaml", PackageResources.twilio_credentials_yaml),
            ("vercel/vercel-token.yaml", PackageResources.vercel_token_yaml),
            ("xai/xai-api-key.yaml", PackageResources.xai_api_key_yaml),
            ("zai/zai-api-key.yaml", PackageResources.zai_api_key_yaml),
        ]
    }

    /// All of them.
    ///
    /// - Parameter isChecked: whether each is checked as a person's own is; a test does, a program that starts relies on it.
    package static func load(isChecked: Bool = false) throws(PolicyFileProblem) -> PolicyCatalogue {
        let policies = try files.map { (file) throws(PolicyFileProblem) in
            try policy(fromYAML: String(decoding: file.bytes, as: UTF8.self), file: file.path, isChecked: isChecked)
        }
        do { return try PolicyCatalogue(policies, checked: isChecked ? nil : []) } catch { throw .catalogue(error) }
    }
}

/// Reads one policy; `file` is only named in problems.
package func policy(
    fromYAML text: String, file: String, isChecked: Bool = true
) throws(PolicyFileProblem) -> Policy {
    let tree: Tree
    do { tree = try Policies.tree(fromYAML: text) } catch { throw .yaml(file: file, error) }
    do { return try Policy(tree, isChecked: isChecked) } catch { throw .format(file: file, error) }
}
