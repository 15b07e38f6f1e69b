import CLinux
import Glibc
import Synchronization

/// One thread that serves its share of the connections.
///
/// Everything but `post`, `answer`, `start` and `isStopped` is touched on the loop's own thread
/// only; that confinement is why it may be `@unchecked Sendable`.
@safe
final class EventLoop: @unchecked Sendable {
    /// What other threads, and handlers on this one, ask of the loop.
    enum Command: Sendable {
        case adopt(Int32, address: String, isRefused: Bool)
        case answer(UInt64, HTTPResponse)
        case flushRaw(UInt64)
        case flushStream(UInt64)
        case endStream(UInt64)
        case closeRaw(UInt64)
        case abort(UInt64)
        case setReading(UInt64, Bool)
        /// Accept no more, finish what is in progress, then end.
        case drain
        /// End now.
        case stop
    }

    private struct Mailbox {
        var commands: [Command] = []
        var isStopped = false
    }

    let limits: Limits
    let bodyLimit: RequestParser.BodyLimit?
    let handler: RequestHandler
    let admission: Admission
    let poller: Poller
    let headerDeadline: UInt64
    let idleNanoseconds: UInt64

    private let mailbox = Mutex(Mailbox())
    private let thread = Atomic<UInt>(0)
    private let onStopped: @Sendable () -> Void
    private var local: [Command] = []
    private var isStopping = false

    /// Where new connections go, round robin; set on the loop that owns the listener.
    var siblings: [EventLoop] = []
    var listener: Int32 = -1
    /// When accepting resumes after descriptors ran out, or nil.
    var acceptAgainAt: UInt64?
    var acceptedCount = 0
    /// By descriptor.
    var connections: [ClientConnection?] = []
    var openCount = 0
    var serial: UInt32 = 0
    var isDraining = false
    /// Monotonic nanoseconds at the last wake.
    var now = monotonicNanoseconds()
    var nextSweep = UInt64.max
    var date = DateHeader()
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)

    init(
        limits: Limits, bodyLimit: RequestParser.BodyLimit?, handler: @escaping RequestHandler,
        admission: Admission, onStopped: @escaping @Sendable () -> Void
    ) throws(HTTPServerError) {
        self.limits = limits
        self.bodyLimit = bodyLimit
        self.handler = handler
        self.admission = admission
        self.onStopped = onStopped
        headerDeadline = limits.headerDeadline.nanoseconds
        idleNanoseconds = limits.idle.nanoseconds
        poller = try Poller()
    }

    deinit {
        unsafe readBuffer.deallocate()
    }

    /// Starts the thread; the loop keeps itself alive until it has stopped.
    func start() throws(HTTPServerError) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        var identifier = pthread_t()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(
            &identifier, &attributes,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<EventLoop>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            }, context)
        guard code == 0 else {
            unsafe Unmanaged<EventLoop>.fromOpaque(context).release()
            throw .systemResources(call: "pthread_create", reason: systemErrorText(code))
        }
    }

    private var isOnThread: Bool {
        thread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Hands a command to the loop; from any thread.
    func post(_ command: Command) {
        if isOnThread {
            local.append(command)
            return
        }
        let (isFirst, isLate) = mailbox.withLock { box -> (Bool, Bool) in
            if box.isStopped { return (false, true) }
            box.commands.append(command)
            return (box.commands.count == 1, false)
        }
        if isFirst { poller.wake() }
        if isLate { discard(command) }
    }

    /// Answers a request; from any thread.
    func answer(_ token: UInt64, _ response: HTTPResponse) {
        if isOnThread, let connection = connection(token), connection.isInHandler {
            connection.answer = response
        } else {
            post(.answer(token, response))
        }
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        unsafe linux_name_thread("http-loop")
        while !isStopping, !(isDraining && openCount == 0) {
            let count = poller.wait(milliseconds: timeout())
            now = monotonicNanoseconds()
            date.refresh(now)
            var isWoken = false
            for index in 0..<count {
                let readiness = poller.readiness(index)
                switch readiness.token {
                case Poller.wakeToken: isWoken = true
                case Poller.listenerToken: acceptWaiting()
                default: serve(readiness)
                }
            }
            if isWoken { takeMail() }
            runLocal()
            if now >= nextSweep { sweep() }
            runLocal()
        }
        end()
    }

    private func takeMail() {
        poller.acknowledgeWake()
        var commands: [Command] = []
        mailbox.withLock { swap(&$0.commands, &commands) }
        for command in commands { perform(command) }
    }

    private func runLocal() {
        while !local.isEmpty {
            var commands: [Command] = []
            swap(&local, &commands)
            for command in commands { perform(command) }
        }
    }

    private func perform(_ command: Command) {
        switch command {
        case .adopt(let descriptor, let address, let isRefused):
            adopt(descriptor, address: address, isRefused: isRefused)
        case .answer(let token, let response):
            guard let connection = connection(token) else { return }
            respond(response, for: connection)
            advance(connection)
        case .flushRaw(let token): connection(token).map(flushRaw)
        case .flushStream(let token): connection(token).map(flushStream)
        case .endStream(let token): connection(token).map(endStream)
        case .closeRaw(let token): connection(token).map(closeRaw)
        case .abort(let token): connection(token).map(close)
        case .setReading(let token, let isReading):
            guard let connection = connection(token) else { return }
            connection.readingPaused = !isReading
            updateInterest(connection)
        case .drain: drain()
        case .stop: isStopping = true
        }
    }

    private func drain() {
        isDraining = true
        closeListener()
        for connection in connections.compactMap(\.self) {
            switch connection.phase {
            case .reading where connection.parser.phase == .idle && connection.pendingOutput == 0:
                close(connection)
            case .raw: connection.rawHandler?.shuttingDown()
            default: break
            }
        }
    }

    private func end() {
        closeListener()
        for connection in connections.compactMap(\.self) { close(connection) }
        var late: [Command] = []
        mailbox.withLock { box in
            swap(&box.commands, &late)
            box.isStopped = true
        }
        for command in late + local { discard(command) }
        local = []
        siblings = []
        thread.store(0, ordering: .relaxed)
        onStopped()
    }

    /// A connection that comes after the end is closed; everything else is void.
    private func discard(_ command: Command) {
        guard case .adopt(let descriptor, let address, let isRefused) = command else { return }
        Glibc.close(descriptor)
        admission.leave(address, wasRefused: isRefused)
    }

    func closeListener() {
        guard listener >= 0 else { return }
        Glibc.close(listener)
        listener = -1
        acceptAgainAt = nil
    }

    /// The connection of a token, unless it is closed by now.
    func connection(_ token: UInt64) -> ClientConnection? {
        let index = Int(token & 0xFFFF_FFFF)
        guard index < connections.count, let connection = connections[index],
            connection.token == token
        else { return nil }
        return connection
    }
}
