import Glibc
import Synchronization

/// SIGTERM and SIGINT: the first asks the process to stop, a second one ends it at once.
///
/// A signal handler and a pipe, not a dispatch source: a source begins to listen some time after
/// it was resumed, and a signal that comes before that is lost (tried with Swift 6.3.1).
package final class TerminationSignals: Sendable {
    /// The signals that came; a single reader.
    package let received: AsyncStream<Int32>

    /// Takes over both signals for the whole process; make one per process.
    package init() {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Int32.self, bufferingPolicy: .bufferingOldest(1))
        received = stream
        var ends: [Int32] = [-1, -1]
        let hasPipe = unsafe pipe(&ends) == 0
        precondition(hasPipe, "a process at its start has two free file descriptors")
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let reader = ends[0]
        // Both globals are made here, not lazily inside the handler.
        signalPipe.store(ends[1], ordering: .releasing)
        signalCame.store(false, ordering: .releasing)
        let hasThread = DetachedThread.run {
            var number: UInt8 = 0
            while true {
                let count = unsafe read(reader, &number, 1)
                if count == 1 { continuation.yield(Int32(number)) }
                guard count == 1 || (count < 0 && errno == EINTR) else { return }
            }
        }
        precondition(hasThread, "a process at its start has a free thread")
        for number in [SIGTERM, SIGINT] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = handleTerminationSignal
            action.sa_flags = SA_RESTART
            _ = unsafe sigaction(number, &action, nil)
        }
    }
}

/// Where the handler writes the signals' numbers.
private let signalPipe = Atomic<Int32>(-1)
/// Whether a signal came before.
private let signalCame = Atomic<Bool>(false)

/// Runs inside the signal: it does only what signal-safety(7) allows.
private func handleTerminationSignal(_ number: Int32) {
    // 128 + signal is what shells report for a process that a signal ended.
    if signalCame.exchange(true, ordering: .relaxed) { _exit(128 + number) }
    let saved = errno
    var byte = UInt8(number)
    _ = unsafe write(signalPipe.load(ordering: .acquiring), &byte, 1)
    errno = saved
}
