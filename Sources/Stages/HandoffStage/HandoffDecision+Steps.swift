import Conversation
import DeskRecords
import StageRuntime

/// Several things that an agent does together, such as the steps of a macro: one commit holds all
/// of them, or nothing is done.
extension HandoffDecision {
    mutating func run(
        _ steps: [HandoffStep], _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        try state.owner.requireHolder(command.agent)
        renewLease()
        if tellIfOvertaken(command) { return }
        guard (1...HandoffStep.most).contains(steps.count),
            !steps.dropLast().contains(where: \.kind.isEnd)
        else {
            throw .init(
                because: "there are 1 to \(HandoffStep.most) steps, and what gives the "
                    + "conversation away is the last of them")
        }
        let before = self
        for (index, step) in steps.enumerated() {
            var part = command
            part.reference += "/\(index + 1)"
            do throws(ConversationMode.Refusal) {
                try perform(step, part)
            } catch {
                self = before
                throw .init(
                    because: "nothing was done: step \(index + 1) of \(steps.count) "
                        + "(\(step.kind.rawValue)): \(error.because)", holder: error.holder)
            }
        }
        tell(.ran(by: command.agent), reference: command.reference)
    }

    private mutating func perform(
        _ step: HandoffStep, _ command: HandoffCommand
    ) throws(ConversationMode.Refusal) {
        switch step.kind {
        case .reply: try speak(.text(step.text ?? ""), command)
        case .note:
            let text = step.text ?? ""
            try requireFittingNote(text)
            write(note: text, command, isAnswer: false)
        case .label, .unlabel:
            guard let label = step.label else { throw .init(because: "it names no label") }
            // Whether the label is in use, the desk's own stage decides.
            effects.emit(
                DeskCommand(
                    tenant: tenant, action: .label(conversation, label, step.kind == .label),
                    reference: "\(command.agent)/\(command.reference)", at: now))
        case .queue: try transfer(to: .queue, note: nil, command)
        case .bot: try transfer(to: .bot, note: nil, command)
        case .close:
            let outcome = HandoffOutcome(step.text ?? "")
            try requireFitting(outcome)
            try end(command, .concluded(by: command.agent, outcome))
        }
    }
}
