import Configuration
import FileSignals
import FoundationEssentials
import Lifecycle
import StageRuntime
import Telemetry

/// The journal by which a stage's process knows what it was at when it crashed.
enum Attempts {
    /// Takes the slot's journal over; `nil`, with a warning, where it cannot be had: the stage
    /// runs all the same, and a record that crashes it is then not recognised.
    static func open(
        _ slot: String, _ options: ProcessOptions, _ logger: Logger
    ) -> AttemptJournal? {
        let path = options.data.attempts(of: slot.replacing("/", with: "_"))
        do throws(FileError) {
            guard let words = try MappedWords(path: path, count: AttemptJournal.words) else {
                logger.warning("another process has this slot's journal of attempts")
                return nil
            }
            let journal = AttemptJournal(
                words,
                lastSignal: ParentWatch.lastSignal(
                    environment: ProcessInfo.processInfo.environment))
            words.noteCrashes(at: AttemptJournal.crashWord)
            if journal.hasSuspects {
                logger.warning("this slot crashed before; what it was at is tried with care")
            }
            return journal
        } catch {
            logger.warning("there is no journal of attempts", [.error: .error(error)])
            return nil
        }
    }
}

extension MappedWords: AttemptWords {}
