/// The most bytes that a log takes at once, and the check that all adapters make of it.
package struct SizeLimit: Hashable, Sendable {
    /// As ``EventLog/largestRecord`` tells.
    package var bytes: Int

    /// Sets a limit.
    package init(bytes: Int) {
        self.bytes = bytes
    }

    /// Refuses records that are too large.
    ///
    /// - Throws: `.permanent` naming the topic, the size and the limit.
    package func check(_ records: [Record]) throws(EventLogError) {
        for record in records where record.size > bytes {
            throw refusal("a record for topic \(record.topic)", record.size)
        }
    }

    /// Refuses a commit that holds something too large.
    ///
    /// - Throws: `.permanent` naming what, its size and the limit.
    package func check(_ commit: Commit) throws(EventLogError) {
        try check(commit.outputs)
        for change in commit.state {
            let size = change.key.key.utf8.count + (change.value?.count ?? 0)
            if size > bytes { throw refusal("a piece of state of \(change.key.store)", size) }
        }
        for case .set(let timer) in commit.timers {
            let size = timer.key.key.utf8.count + timer.payload.count
            if size > bytes { throw refusal("timer \(timer.key.name)", size) }
        }
    }

    private func refusal(_ what: String, _ size: Int) -> EventLogError {
        .permanent(reason: "\(what) takes \(size) bytes, and the log takes \(bytes)")
    }
}
