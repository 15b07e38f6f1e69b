package import AccountRecords
import Synchronization

/// Which of the mails that were kept somebody removed, as their topic tells it.
///
/// The record is the removal: it is written together with who did it. That the file goes follows
/// from it, at once or, where the console was stopped in between, at the next look.
package final class RemovedMails: Sendable {
    private let names = Mutex<Set<String>>([])

    /// Knows of none.
    package init() {}

    /// Takes in what became of a mail.
    package func hear(_ event: MailEvent) {
        guard event.outcome == .removed, let name = event.kept else { return }
        names.withLock { _ = $0.insert(name) }
    }

    /// Whether the mail of that name was removed.
    func contains(_ name: String) -> Bool { names.withLock { $0.contains(name) } }
}
