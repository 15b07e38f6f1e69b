import Synchronization

/// Messages on their way to one reader; knows when the sender should pause.
final class MessageQueue: Sendable {
    private struct State {
        var messages: [WebSocketMessage] = []
        var next = 0
        var reader: CheckedContinuation<WebSocketMessage?, Never>?
        var isFinished = false
        var isPaused = false
        var count: Int { messages.count - next }
    }

    private let capacity: Int
    private let state = Mutex(State())
    private let onPause: @Sendable (Bool) -> Void

    /// `onPause` is called with true when `capacity` messages wait, with false when half are read.
    init(capacity: Int, onPause: @escaping @Sendable (Bool) -> Void) {
        self.capacity = capacity
        self.onPause = onPause
    }

    func push(_ message: WebSocketMessage) {
        let (reader, pauses) = state.withLock { state in
            if let reader = state.reader {
                state.reader = nil
                return (reader, false) as (CheckedContinuation<WebSocketMessage?, Never>?, Bool)
            }
            guard !state.isFinished else { return (nil, false) }
            state.messages.append(message)
            let pauses = state.count >= capacity && !state.isPaused
            if pauses { state.isPaused = true }
            return (nil, pauses)
        }
        reader?.resume(returning: message)
        if pauses { onPause(true) }
    }

    /// No more messages will come; those that wait can still be read.
    func finish() {
        let (reader, wasPaused) = state.withLock { state in
            state.isFinished = true
            defer {
                state.reader = nil
                state.isPaused = false
            }
            return (state.reader, state.isPaused)
        }
        reader?.resume(returning: nil)
        if wasPaused { onPause(false) }
    }

    /// The next message, or nil at the end or when the task is cancelled.
    func next() async -> WebSocketMessage? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in resume(continuation) }
        } onCancel: {
            finish()
        }
    }

    private func resume(_ continuation: CheckedContinuation<WebSocketMessage?, Never>) {
        var message: WebSocketMessage?
        let (isReady, resumes) = state.withLock { state in
            guard state.count > 0 else {
                if !state.isFinished {
                    precondition(state.reader == nil, "one task at a time may read messages")
                    state.reader = continuation
                }
                return (state.isFinished, false)
            }
            message = state.messages[state.next]
            state.next += 1
            if state.next > 32 {
                state.messages.removeFirst(state.next)
                state.next = 0
            }
            let resumes = state.isPaused && state.count <= capacity / 2
            if resumes { state.isPaused = false }
            return (true, resumes)
        }
        if isReady { continuation.resume(returning: message) }
        if resumes { onPause(false) }
    }
}

/// The messages of a connection in order, for one reader; ends when the connection closes.
package struct WebSocketMessages: AsyncSequence, Sendable {
    /// Reads one message after the other.
    package struct Iterator: AsyncIteratorProtocol {
        let queue: MessageQueue

        /// The next message, or nil once the connection is closed.
        package mutating func next() async -> WebSocketMessage? { await queue.next() }
    }

    let queue: MessageQueue

    /// An iterator; all of them share the messages.
    package func makeAsyncIterator() -> Iterator { Iterator(queue: queue) }
}
