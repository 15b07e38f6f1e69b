import Conversation
import EventLog
import LanguageModel
import Records
import StageRuntime
import Telemetry
import TenantDirectory

/// Keeps what models cost each business: in the log, so that it outlives this process, and is known
/// to all that ask models.
///
/// A count is durable before the next step of its turn, and after its call: a process that dies
/// between both has told nobody of one call's tokens.
struct TokenCounting: Sendable {
    private let process: ProcessContext
    private let appender: any EventLogAppender

    init(_ process: ProcessContext) async throws(EventLogError) {
        self.process = process
        appender = try await process.log.openAppender()
    }

    /// Whether a business has used up what it may today.
    func isExhausted(for tenant: TenantID, at now: Timestamp) -> Bool {
        guard let most = process.tokensPerDay(of: tenant),
            process.tokens.used(by: tenant, at: now) >= most
        else { return false }
        process.metrics.counter(
            "parley_model_over_budget_total",
            help: "Calls of models that were not made, as the business had used up its tokens.",
            labels: ["tenant": tenant.rawValue]
        ).increment()
        return true
    }

    /// Counts what a call cost.
    func count(_ usage: ChatAnswer.Usage?, of tenant: TenantID, at now: Timestamp) async {
        let read = usage?.promptTokens ?? 0
        let written = usage?.completionTokens ?? 0
        for (direction, tokens) in [("read", read), ("written", written)] where tokens > 0 {
            process.metrics.counter(
                "parley_model_tokens_total", help: "Tokens that models read and wrote.",
                labels: ["tenant": tenant.rawValue, "direction": direction]
            ).increment(by: tokens)
        }
        guard read + written > 0 else { return }
        let use = process.tokens.count(
            read + written, of: tenant, by: process.place.slot, at: now)
        let id = RecordID.derived(
            from: RecordID(use.key), by: "tokens/\(use.day)/\(use.tokens)")
        do {
            let record = try process.envelope.record(
                use,
                headers: RecordHeaders(
                    id: id, type: TokenUse.type, source: process.place.slot, time: now,
                    subject: use.key, correlation: id, causation: id, tenant: tenant))
            try await appender.append([record])
        } catch {
            // The next count says it all.
            process.logger.warning(
                "tokens were not counted for other processes", [.error: .error(error)])
        }
    }
}

extension ProcessContext {
    /// The most tokens that a business may use in a day; `nil` for as many as there are.
    func tokensPerDay(of tenant: TenantID) -> Int? {
        tenants.tenant(tenant)?.settings.tokensPerDay ?? models.tokensPerDay
    }

    /// What keeps the table of tokens.
    var tokenFeed: TopicTable.Feed {
        TopicTable.Feed([.tokensUsed]) { [tokens] value, _, _ in
            switch value {
            case .payload(let use as TokenUse): tokens.put(use)
            case .tombstone(let key): tokens.remove(key)
            case .payload, .unknown, .erased: return
            }
        }
    }
}
