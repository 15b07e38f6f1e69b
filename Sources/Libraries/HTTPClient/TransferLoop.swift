import CLibcurl
import Glibc
import Synchronization

/// The thread that owns curl's multi handle and every easy handle, and runs all transfers.
///
/// Other threads only put commands into a queue and wake it; curl_multi_wakeup(3) is the one
/// function that may be called from another thread.
@safe final class TransferLoop: @unchecked Sendable {
    typealias Outcome = Result<HTTPClientResponse, HTTPClientError>
    typealias Waiter = CheckedContinuation<Outcome, Never>

    private enum Command {
        case add(Transfer, Waiter)
        case cancel(Transfer)
        case stop
    }

    private struct Queue {
        var commands: [Command] = []
        var isStopped = false
    }

    /// How long the thread sleeps when nothing happens; curl's own timers shorten it.
    private static let longestSleepMilliseconds: Int32 = 60_000
    /// Easy handles kept for further transfers; each holds a few kilobytes.
    private static let mostIdleHandles = 256

    private let multi: UnsafeMutableRawPointer
    private let configuration: HTTPClient.Configuration
    private let queue = Mutex(Queue())
    /// Of the thread alone: what runs, by handle, and handles for reuse.
    private var running: [UInt: (transfer: Transfer, waiter: Waiter)] = [:]
    private var idle: [EasyHandle] = []

    /// curl_global_init(3), once in the process.
    private static let isCurlReady = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    init(_ configuration: HTTPClient.Configuration) throws(HTTPClientError) {
        guard Self.isCurlReady, let multi = unsafe curl_multi_init() else {
            throw .notSent(.other, url: "", detail: "libcurl cannot be initialised")
        }
        unsafe self.multi = multi
        self.configuration = configuration
        let perHost = configuration.connectionsPerHost
        let cached = configuration.idleConnections
        _ = unsafe multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, perHost)
        _ = unsafe multi_set_long(multi, CURLMOPT_MAXCONNECTS, cached)
    }

    deinit {
        idle.removeAll()
        _ = unsafe curl_multi_cleanup(multi)
    }

    /// Starts the thread, which keeps the loop alive until `stop`.
    func start() throws(HTTPClientError) {
        var thread = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let error = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard error == 0 else {
            unsafe Unmanaged<TransferLoop>.fromOpaque(context).release()
            throw .notSent(.other, url: "", detail: "no thread: error \(error)")
        }
        _ = pthread_detach(thread)
    }

    func add(_ transfer: Transfer, _ waiter: Waiter) {
        if !enqueue(.add(transfer, waiter)) {
            waiter.resume(returning: .failure(.cancelled(requestMayHaveBeenWritten: false)))
        }
    }

    /// Ends a transfer whenever it is added; harmless after its end.
    func cancel(_ transfer: Transfer) {
        transfer.isCancelled.store(true, ordering: .releasing)
        _ = enqueue(.cancel(transfer))
    }

    func stop() {
        _ = enqueue(.stop)
    }

    /// False when the loop has stopped.
    private func enqueue(_ command: Command) -> Bool {
        let (accepted, wasEmpty) = queue.withLock { queue in
            guard !queue.isStopped else { return (false, false) }
            queue.commands.append(command)
            return (true, queue.commands.count == 1)
        }
        // Whoever filled the queue first has woken the thread already.
        if wasEmpty { _ = unsafe curl_multi_wakeup(multi) }
        return accepted
    }

    private func run() {
        var transfers: Int32 = 0
        while handleCommands() {
            _ = unsafe curl_multi_perform(multi, &transfers)
            finishTransfers()
            let sleep = Self.longestSleepMilliseconds
            if unsafe curl_multi_poll(multi, nil, 0, sleep, nil) != CURLM_OK {
                // Out of memory or descriptors: transfers time out by themselves; do not spin.
                _ = usleep(10_000)
            }
        }
        for transfer in running.values.map(\.transfer) {
            abort(transfer)
        }
    }

    /// False when it is time to stop.
    private func handleCommands() -> Bool {
        let commands = queue.withLock { queue in
            let commands = queue.commands
            queue.commands.removeAll(keepingCapacity: commands.count < 1024)
            if commands.contains(where: { if case .stop = $0 { true } else { false } }) {
                queue.isStopped = true
            }
            return commands
        }
        var goesOn = true
        for command in commands {
            switch command {
            case .add(let transfer, let waiter): begin(transfer, waiter)
            case .cancel(let transfer): abort(transfer)
            case .stop: goesOn = false
            }
        }
        return goesOn
    }

    private func begin(_ transfer: Transfer, _ waiter: Waiter) {
        guard !transfer.isCancelled.load(ordering: .acquiring) else {
            waiter.resume(returning: .failure(.cancelled(requestMayHaveBeenWritten: false)))
            return
        }
        guard let handle = idle.popLast() ?? EasyHandle(),
            transfer.prepare(handle, configuration),
            unsafe curl_multi_add_handle(multi, handle.pointer) == CURLM_OK
        else {
            waiter.resume(returning: .failure(transfer.failure(CURLE_OUT_OF_MEMORY)))
            return
        }
        transfer.handle = handle
        running[handle.id] = (transfer, waiter)
    }

    private func abort(_ transfer: Transfer) {
        guard let handle = transfer.handle else { return }
        let error = HTTPClientError.cancelled(
            requestMayHaveBeenWritten: transfer.requestMayHaveBeenWritten)
        unsafe end(handle.pointer, closing: error)
    }

    private func finishTransfers() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let handle = unsafe message.pointee.easy_handle
            else { continue }
            let result = unsafe message_result(message)
            guard let (transfer, waiter) = unsafe remove(handle) else { continue }
            waiter.resume(returning: transfer.outcome(result))
        }
    }

    private func end(_ handle: UnsafeMutableRawPointer, closing error: HTTPClientError) {
        guard let (_, waiter) = unsafe remove(handle) else { return }
        waiter.resume(returning: .failure(error))
    }

    /// Removes a transfer; removing an unfinished one closes its connection.
    private func remove(_ pointer: UnsafeMutableRawPointer) -> (Transfer, Waiter)? {
        guard let (transfer, waiter) = running.removeValue(forKey: UInt(bitPattern: pointer)) else {
            return nil
        }
        _ = unsafe curl_multi_remove_handle(multi, pointer)
        if let handle = transfer.handle {
            transfer.handle = nil
            transfer.readStatus(of: handle)
            if idle.count < Self.mostIdleHandles {
                handle.reset()
                idle.append(handle)
            }
        }
        return (transfer, waiter)
    }
}
