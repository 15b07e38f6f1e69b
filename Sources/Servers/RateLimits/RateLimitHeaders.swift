/// The header lines that tell a caller of limits: the one place that writes them.
///
/// `RateLimit-Policy` and `RateLimit` as in draft-ietf-httpapi-ratelimit-headers (2026; still a
/// draft, whose names and quoting have changed before), `Retry-After` as in RFC 9110, 10.2.3. On a
/// refusal `t` is the same instant as `Retry-After`.
package enum RateLimitHeaders {
    /// The lines for the limits that a request met, each under a name of letters, such as `key` or
    /// `tenant`; none for no limits.
    package static func lines(
        _ verdicts: [(name: String, verdict: RateLimitVerdict)]
    ) -> [(name: String, value: String)] {
        guard !verdicts.isEmpty else { return [] }
        let policies = verdicts.map { name, verdict in
            "\(quoted(name));q=\(verdict.limit.quota);w=\(verdict.limit.windowSeconds)"
        }
        let states = verdicts.map { name, verdict in
            "\(quoted(name));r=\(verdict.remaining);t=\(verdict.resetSeconds)"
        }
        var lines = [
            (name: "RateLimit-Policy", value: policies.joined(separator: ", ")),
            (name: "RateLimit", value: states.joined(separator: ", ")),
        ]
        let refusals = verdicts.map(\.verdict).filter { !$0.isAllowed }
        if let longest = refusals.map(\.resetSeconds).max() {
            lines.append((name: "Retry-After", value: String(max(1, longest))))
        }
        return lines
    }

    /// A string of structured fields (RFC 9651, 3.3.3).
    private static func quoted(_ name: String) -> String {
        precondition(
            name.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C },
            "a limit's name is plain ASCII without quotes")
        return "\"\(name)\""
    }
}
