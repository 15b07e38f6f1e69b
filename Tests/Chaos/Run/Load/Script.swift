import ChaosChecker

/// What one customer does: planned by the seed, whatever happens.
struct Script: Sendable {
    enum Step: Sendable {
        /// In words, or under a picture.
        case ask(Facts.Fact, underPicture: Bool)
        case askForPerson
        /// Waits until all that was asked is answered, or a person has it, or this is over.
        case waitForReplies(Duration)
        case pause(Duration)
    }

    var conversation: History.Conversation
    var steps: [Step]

    /// The script of the `number`-th customer.
    init(_ number: Int, seed: UInt64, tenants: [String]) {
        var random = SeededRandom(seed: seed, purpose: 1_000 + UInt64(number))
        let tenant = tenants[number % tenants.count]
        conversation = History.Conversation(tenant, "34\(678_129_000 + number)")
        let facts = Facts.all.shuffled(using: &random)
        // WhatsApp's pair limit allows few more than these at once.
        let count = Int.random(in: 2...5, using: &random)
        let isHasty = random.happens(0.4)
        let asksForPersonAt = random.happens(0.25) ? Int.random(in: 0..<count, using: &random) : nil
        steps = []
        for index in 0..<count {
            steps.append(.ask(facts[index], underPicture: random.happens(0.25)))
            if asksForPersonAt == index {
                steps.append(.pause(random.milliseconds(0...400)))
                steps.append(.askForPerson)
            }
            steps.append(
                isHasty
                    ? .pause(random.milliseconds(0...600)) : .waitForReplies(.seconds(15)))
        }
        steps.append(.waitForReplies(.seconds(15)))
        if asksForPersonAt != nil {
            // The bot answers again, once an agent has closed.
            steps.append(.pause(random.milliseconds(500...3_000)))
            steps.append(.ask(facts[count], underPicture: false))
            steps.append(.waitForReplies(.seconds(10)))
        }
    }
}
