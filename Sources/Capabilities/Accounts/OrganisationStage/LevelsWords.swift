import Conversation

extension ServiceLevels {
    /// The promises as the audit log has them, such as `queueWait 300 s, warned at 80 %`.
    var words: String {
        let promises = Promise.allCases.compactMap { clock in
            seconds(of: clock).map { "\(clock.rawValue) \($0) s" }
        }
        let elsewhere = targets ?? []
        guard !promises.isEmpty || !elsewhere.isEmpty else { return "none" }
        let warning = "warned at \(warnPercent ?? Self.standardWarnPercent) %"
        let told = escalates == false ? ["nobody is told"] : []
        return (promises + elsewhere.map(\.words) + [warning] + told).joined(separator: ", ")
    }
}

extension ServiceLevels.Target {
    /// Such as `in queue 4f2a of priority 1: firstResponse 60 s`.
    fileprivate var words: String {
        let place = [queue.map { "in queue \($0)" }, priority.map { "of priority \($0)" }]
        let promises = ServiceLevels.Promise.allCases.compactMap { clock in
            seconds(of: clock).map { seconds in
                seconds == 0 ? "no \(clock.rawValue)" : "\(clock.rawValue) \(seconds) s"
            }
        }
        return place.compactMap(\.self).joined(separator: " ") + ": "
            + promises.joined(separator: " and ")
    }
}
