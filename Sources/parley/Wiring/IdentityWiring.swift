import Conversation
import IdentityStage
import Records
import StageRuntime

extension IdentityBook {
    /// Reads all sightings, and follows them.
    var feed: TopicTable.Feed {
        TopicTable.Feed([.identitySightings]) { value, headers, position in
            guard case .payload(let sighting as IdentitySighting) = value else { return }
            self.follow(
                sighting, headers.id, partition: Int(position.partition), offset: position.offset)
        }
    }
}

/// Wires the stage that tells conversations where they go on to who is whom.
func identityRunner(
    _ process: ProcessContext, over book: IdentityBook
) -> StageRunner<IdentityStage> {
    process.runner(process.designs.identity()) { call, _ throws(CallFailure) in
        switch call {
        case .moves(let sighting, let partition, let offset):
            .moves(
                try await book.movesOnceRead(by: sighting, partition: partition, offset: offset))
        }
    }
}

extension IdentityBook {
    /// How often it is looked whether the table has followed, every 5 ms.
    private static let patience = 400

    /// What a sighting moved, once the table has followed it.
    fileprivate func movesOnceRead(
        by sighting: IdentitySighting, partition: Int, offset: Int64
    ) async throws(CallFailure) -> [IdentityTable.Move] {
        for _ in 0..<Self.patience {
            if hasFollowed(partition: partition, offset: offset) { return moves(by: sighting) }
            do {
                try await Task.sleep(for: .milliseconds(5))
            } catch {
                throw .transient(reason: "the process stops", retryAfterMilliseconds: nil)
            }
        }
        throw .transient(reason: "the sightings are not read yet", retryAfterMilliseconds: nil)
    }
}
