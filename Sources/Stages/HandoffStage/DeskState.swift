import Conversation

/// What the handoff stage remembers of a conversation that agents give to each other; forgotten
/// with every change of owner.
struct DeskState: Hashable, Sendable, Codable {
    /// The agent from whom it was taken.
    struct Former: Hashable, Sendable, Codable {
        var id: AgentID
        var name: String

        private enum CodingKeys: String, CodingKey {
            case id = "i"
            case name = "n"
        }
    }

    /// Who gave it to the agent who has it, until that one shows themselves.
    var givenBy: String?
    /// From whom the agent who has it took it.
    var former: Former?

    var isEmpty: Bool { givenBy == nil && former == nil }

    private enum CodingKeys: String, CodingKey {
        case givenBy = "g"
        case former = "f"
    }
}

extension HandoffState {
    /// Changes what is remembered of the desk; nothing is kept where there is nothing.
    mutating func changeDesk(_ body: (inout DeskState) -> Void) {
        var desk = desk ?? DeskState()
        body(&desk)
        self.desk = desk.isEmpty ? nil : desk
    }
}
