import Conversation
import DeskView
import Endpoints
import HTTPServer
import SQLite

/// Which conversations there are for whoever asks: the desk keeps labels and drafts by their ids
/// alone.
extension DeskEndpoints {
    /// Conversations of one label that are looked at for whoever may not see all.
    private static let mostLabelled = 5_000

    func requireConversation(
        _ id: ConversationID, _ scope: TenantScope
    ) async throws(Problem) {
        guard try await known(among: [id], scope).contains(id) else {
            throw Problem(.deskUnknown, "there is no such conversation")
        }
    }

    func known(
        among all: [ConversationID], _ scope: TenantScope
    ) async throws(Problem) -> Set<ConversationID> {
        guard let known = await conversations(all, scope) else {
            throw Problem(.viewIsBuilt, "the conversations are being read; try again in a moment")
        }
        return known
    }

    /// How many conversations bear a label, of those that whoever asks may see.
    func count(
        _ all: Int, ofBearersOf label: RecordID, _ scope: TenantScope
    ) async throws(Problem) -> Int {
        guard let viewer = scope.viewer, !viewer.supervises || !viewer.seesAllNumbers else {
            return all
        }
        let bearers = try await look(scope) { desk throws(SQLiteError) in
            try desk.conversations(labelled: label, atMost: Self.mostLabelled)
        }
        return try await known(among: bearers, scope).count
    }
}
