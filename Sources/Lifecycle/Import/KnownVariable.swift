/// A variable that OpenClaw or a provider's own tools read a token from (facts/openclaw.md §1.7 and §5).
package struct KnownVariable: Equatable, Sendable {
    /// The first part of the ids of its kinds.
    package let provider: String
    /// What is left of the variable for a credential's name, such as `api-key`.
    package let rest: String

    /// Also takes a known name with more behind an underscore, such as `OPENAI_API_KEY_2`.
    package init?(_ variable: String) {
        var known = Substring(variable)
        while Self.providers[String(known)] == nil {
            guard let end = known.lastIndex(of: "_") else { return nil }
            known = known[..<end]
        }
        guard let provider = Self.providers[String(known)] else { return nil }
        self.provider = provider
        let small = EnvironmentFile.spaced(variable.lowercased())
        let own = provider + "-"
        rest = small.hasPrefix(own) && small != own ? String(small.dropFirst(own.count)) : small
    }

    private static let providers: [String: String] = {
        var providers: [String: String] = [:]
        for (provider, variables) in table { for variable in variables { providers[variable] = provider } }
        return providers
    }()

    private static let table = [
        "anthropic": [
            "ANTHROPIC_API_KEY", "ANTHROPIC_OAUTH_TOKEN", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_ADMIN_KEY",
            "CLAUDE_CODE_OAUTH_TOKEN",
        ],
        "openai": ["OPENAI_API_KEY", "OPENAI_ADMIN_KEY"], "openrouter": ["OPENROUTER_API_KEY"],
        "google": ["GEMINI_API_KEY", "GOOGLE_API_KEY"], "groq": ["GROQ_API_KEY"], "mistral": ["MISTRAL_API_KEY"],
        "xai": ["XAI_API_KEY"], "deepseek": ["DEEPSEEK_API_KEY"], "together": ["TOGETHER_API_KEY"],
        "cohere": ["COHERE_API_KEY"], "perplexity": ["PERPLEXITY_API_KEY"], "moonshot": ["MOONSHOT_API_KEY"],
        "zai": ["ZAI_API_KEY", "Z_AI_API_KEY"], "minimax": ["MINIMAX_API_KEY", "MINIMAX_OAUTH_TOKEN"],
        "huggingface": ["HF_TOKEN", "HUGGINGFACE_HUB_TOKEN"], "replicate": ["REPLICATE_API_TOKEN"],
        "elevenlabs": ["ELEVENLABS_API_KEY"], "deepgram": ["DEEPGRAM_API_KEY"], "brave": ["BRAVE_API_KEY"],
        "tavily": ["TAVILY_API_KEY"], "github": ["GITHUB_TOKEN", "GH_TOKEN", "COPILOT_GITHUB_TOKEN"],
        "gitlab": ["GITLAB_TOKEN"], "slack": ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"],
        "discord": ["DISCORD_BOT_TOKEN"], "telegram": ["TELEGRAM_BOT_TOKEN"], "notion": ["NOTION_TOKEN"],
        "linear": ["LINEAR_API_KEY"], "stripe": ["STRIPE_SECRET_KEY", "STRIPE_API_KEY"],
        "sendgrid": ["SENDGRID_API_KEY"], "cloudflare": ["CLOUDFLARE_API_TOKEN"],
        "digitalocean": ["DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"], "vercel": ["VERCEL_TOKEN"],
        "sentry": ["SENTRY_AUTH_TOKEN"],
    ]
}
