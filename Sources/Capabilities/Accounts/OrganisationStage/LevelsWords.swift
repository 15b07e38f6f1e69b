import Conversation

extension ServiceLevels {
    /// The promises as the audit log has them, such as `queueWait 300 s, warned at 80 %`.
    var words: String {
        let promises = Promise.allCases.compactMap { clock in
            seconds(of: clock).map { "\(clock.rawValue) \($0) s" }
        }
        guard !promises.isEmpty else { return "none" }
        let warning = "warned at \(warnPercent ?? Self.standardWarnPercent) %"
        let told = escalates == false ? ["nobody is told"] : []
        return (promises + [warning] + told).joined(separator: ", ")
    }
}
