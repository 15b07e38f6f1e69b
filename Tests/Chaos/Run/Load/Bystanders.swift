import ChaosChecker
import FoundationEssentials
import HTTPClient
import Synchronization

/// Businesses that are removed for good while everything goes on: nothing that their customers
/// wrote may be found in the end.
final class Bystanders: Sendable {
    /// What of a purge is looked at.
    private struct Receipt: Decodable {
        var tenant: String
        var isComplete: Bool
        var waitingFor: String?
    }

    private struct List: Decodable { var purges: [Receipt] }

    /// The longest wait for all receipts once everything runs again.
    private static let limit = Duration.seconds(240)

    let names: [String]
    private let installation: Installation
    private let whatsApp: WhatsApp
    private let asked = Mutex<Set<String>>([])

    init(_ count: Int, _ installation: Installation, _ whatsApp: WhatsApp) {
        names = (0..<count).map { "gone\($0)" }
        self.installation = installation
        self.whatsApp = whatsApp
    }

    /// The words that nobody else says: a thing of the document, and what customers call it.
    static func words(of name: String) -> [String] { ["zerphal\(name)", "quillop\(name)"] }

    /// A document of such a business.
    static func document(of name: String) -> String {
        let words = words(of: name)
        return "# Things\n\n## The \(words[0])\n\nThe \(words[0]) lies under the \(words[1]).\n"
    }

    /// Some customers write to a business.
    func write(to name: String) async {
        let words = Self.words(of: name)
        for number in 0..<3 {
            let conversation = History.Conversation(name, "34678129\(900 + number)")
            // One that cannot write now has written before, or does not matter.
            _ = try? await whatsApp.write("Where is the \(words[0]) \(number)?", in: conversation)
        }
    }

    /// Removes a business for good, in the middle of its customers' questions.
    func purge(_ name: String) async {
        await write(to: name)
        asked.withLock { _ = $0.insert(name) }
        // The console may be down: it is asked again in the end.
        _ = try? await ask(for: name)
    }

    private func ask(for name: String) async throws {
        try await installation.console.call(
            .post, "/api/v1/tenants/\(name)/purges", ["reason": "trial"])
    }

    /// Waits for the receipts of all that were to be removed; whether each is there.
    func settle() async -> [String: Bool] {
        let wanted = asked.withLock { $0 }
        var done: Set<String> = []
        _ = await Time.wait(atMost: Self.limit, every: .seconds(1)) {
            for name in wanted.subtracting(done) { _ = try? await ask(for: name) }
            let list = try? await installation.console.get("/api/v1/purges", as: List.self)
            for receipt in list?.purges ?? [] where receipt.isComplete {
                done.insert(receipt.tenant)
            }
            return wanted.isSubset(of: done)
        }
        if !wanted.isSubset(of: done),
            let list = try? await installation.console.get("/api/v1/purges", as: List.self)
        {
            for receipt in list.purges where !receipt.isComplete {
                Journal.say("\(receipt.tenant) waits for \(receipt.waitingFor ?? "nothing")")
            }
        }
        return Dictionary(uniqueKeysWithValues: wanted.map { ($0, done.contains($0)) })
    }
}
