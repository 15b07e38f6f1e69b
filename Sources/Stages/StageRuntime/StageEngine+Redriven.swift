import Conversation
import EventLog

/// Records that an operator had handled again.
extension StageEngine {
    /// Whether an operator had a record handled again by another stage, and this one handled it
    /// before: a dead letter concerns one reader of a topic that may have several.
    func isRedrivenForAnother(_ record: Record) -> Bool {
        record.header(HeaderName.redriveStage).map { $0 != stage.name } ?? false
    }

    mutating func passOver(
        _ item: WorkItem, _ input: StageInput?, of key: WorkKey, at now: Timestamp
    ) {
        guard let input else { return finish(item, of: key) }
        end(
            item, input, of: key, outcome: .ignored(because: "redriven for another stage"),
            began: now)
    }
}
