import ChaosChecker
import Synchronization

/// Many customers at once, each with a script; the next begins when one has ended.
final class CustomerLoad: Sendable {
    private let whatsApp: WhatsApp
    private let recorder: Recorder
    private let seed: UInt64
    private let tenants: [String]
    private let next = Mutex(0)

    init(_ whatsApp: WhatsApp, _ recorder: Recorder, seed: UInt64, tenants: [String]) {
        self.whatsApp = whatsApp
        self.recorder = recorder
        self.seed = seed
        self.tenants = tenants
    }

    /// Runs until the deadline; customers in the middle of their script end it early.
    func run(_ count: Int, until deadline: ContinuousClock.Instant) async {
        await withDiscardingTaskGroup { group in
            for slot in 0..<count {
                group.addTask {
                    await Time.sleep(.milliseconds(150 * slot))
                    while ContinuousClock.now < deadline, !Task.isCancelled {
                        let number = self.next.withLock { next in
                            defer { next += 1 }
                            return next
                        }
                        let script = Script(number, seed: self.seed, tenants: self.tenants)
                        await self.perform(script, until: deadline)
                    }
                }
            }
        }
    }

    private func perform(_ script: Script, until deadline: ContinuousClock.Instant) async {
        var asked: [String] = []
        for step in script.steps {
            guard ContinuousClock.now < deadline else { return }
            switch step {
            case .ask(let fact, let isUnderPicture):
                await say(
                    fact.question, .fact(fact.word), in: script.conversation,
                    underPicture: isUnderPicture)
                asked.append(fact.word)
            case .askForPerson:
                await say("I want to talk to a person", .person, in: script.conversation)
            case .pause(let time): await Time.sleep(time)
            case .waitForReplies(let limit):
                let end = min(deadline, ContinuousClock.now + limit)
                await waitForReplies(to: asked, in: script.conversation, until: end)
            }
        }
    }

    func say(
        _ text: String, _ wish: History.Written.Wish, in conversation: History.Conversation,
        underPicture isUnderPicture: Bool = false
    ) async {
        do {
            let message =
                isUnderPicture
                ? try await whatsApp.show(text, in: conversation)
                : try await whatsApp.write(text, in: conversation)
            recorder.wrote(
                History.Written(
                    conversation, message, text, wish: wish, at: Time.now, acknowledged: nil))
        } catch {
            Journal.say("a customer could not write: \(error)")
        }
    }

    private func waitForReplies(
        to asked: [String], in conversation: History.Conversation,
        until end: ContinuousClock.Instant
    ) async {
        var cursor = 0
        var missing = Set(asked)
        while !missing.isEmpty, ContinuousClock.now < end {
            // The simulator is this process's own; if it does not answer, the customer waits.
            guard let view = try? await whatsApp.view(conversation, after: cursor, wait: 1) else {
                await Time.sleep(.seconds(1))
                continue
            }
            cursor = view.cursor
            for message in view.messages {
                let text = message.text ?? ""
                missing.subtract(Words.facts(in: text))
                // An agent has read all that was written so far.
                if Words.isAgents(text) { return }
            }
        }
    }
}
