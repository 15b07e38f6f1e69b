import CLibrdkafka
import CLinux
import Dispatch

/// A line of librdkafka's log.
package struct ClientLogLine: Hashable, Sendable {
    /// The syslog level: 0 is worst, 7 is debug.
    package let level: Int32
    /// The part of the library that speaks, such as `FAIL`.
    package let facility: String
    /// What it says.
    package let text: String
}

/// What became of a message that was handed over to a producer.
struct DeliveryReport: Sendable {
    let token: UInt
    let offset: Int64
    let error: KafkaError?
}

/// Where a client's callbacks go; kept alive until the client is destroyed.
final class ClientCallbacks: Sendable {
    let log: @Sendable (ClientLogLine) -> Void
    let delivered: (@Sendable (DeliveryReport) -> Void)?

    init(
        log: @escaping @Sendable (ClientLogLine) -> Void,
        delivered: (@Sendable (DeliveryReport) -> Void)? = nil
    ) {
        self.log = log
        self.delivered = delivered
    }
}

/// The owner of one `rd_kafka_t`: created here, destroyed here.
///
/// `@unchecked`: librdkafka's handles may be used from any thread (rdkafka.h, "Thread safety";
/// INTRODUCTION.md, "Threads and callbacks").
@safe
final class Client: @unchecked Sendable {
    enum Kind { case producer, consumer }

    let handle: OpaquePointer
    private let callbacks: Unmanaged<ClientCallbacks>
    private let kind: Kind

    init(
        _ kind: Kind, _ configuration: ClientConfiguration, events: Int32 = 0,
        callbacks: ClientCallbacks
    ) throws(KafkaError) {
        guard let conf = unsafe rd_kafka_conf_new() else {
            throw KafkaError(RD_KAFKA_RESP_ERR__CRIT_SYS_RESOURCE, during: "conf_new")
        }
        for (name, value) in configuration.settings.sorted(by: { $0.key < $1.key }) {
            let problem = unsafe errorText { text, size in
                unsafe rd_kafka_conf_set(conf, name, value, text, size) != RD_KAFKA_CONF_OK
            }
            if let problem {
                unsafe rd_kafka_conf_destroy(conf)
                throw .invalidArgument(problem, during: "setting \(name)")
            }
        }
        let retained = unsafe Unmanaged.passRetained(callbacks)
        unsafe rd_kafka_conf_set_opaque(conf, retained.toOpaque())
        unsafe rd_kafka_conf_set_log_cb(conf, forwardLog)
        if callbacks.delivered != nil {
            unsafe rd_kafka_conf_set_dr_msg_cb(conf, forwardDelivery)
        }
        unsafe rd_kafka_conf_set_events(conf, events)
        var made: OpaquePointer?
        let problem = Self.makingThreadsThatMayBeLate {
            unsafe errorText { text, size in
                unsafe made = rd_kafka_new(
                    kind == .producer ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER, conf, text, size)
                return unsafe made == nil
            }
        }
        guard let handle = unsafe made else {
            unsafe rd_kafka_conf_destroy(conf)
            unsafe retained.release()
            throw .invalidArgument(problem ?? "", during: "creating a client")
        }
        self.kind = kind
        unsafe self.callbacks = unsafe retained
        unsafe self.handle = unsafe handle
    }

    /// Lets the timed waits of threads that `body` makes end a millisecond late.
    ///
    /// librdkafka (rd_kafka_thread_main, as of 2.0.2) waits for whole milliseconds, rounded down,
    /// and then looks at the clock over and over until its next timer is due: a millisecond each
    /// second and client, which is most of what an idle process takes. Who wakes late does not.
    private static func makingThreadsThatMayBeLate<Result>(_ body: () -> Result) -> Result {
        let before = linux_timer_slack()
        linux_set_timer_slack(1_000_000)
        defer { linux_set_timer_slack(before) }
        return body()
    }

    /// What made the handle useless, if anything has (`rd_kafka_fatal_error`).
    func fatalFailure(during operation: String) -> KafkaError? {
        var code = RD_KAFKA_RESP_ERR_NO_ERROR
        let text = unsafe errorText { text, size in
            unsafe code = rd_kafka_fatal_error(handle, text, size)
            return code != RD_KAFKA_RESP_ERR_NO_ERROR
        }
        return text.map { KafkaError(fatal: code, during: operation, $0) }
    }

    /// Drops what a producer still has under way, and waits until the client knows.
    ///
    /// An answer that tells a transactional producer that it is fenced, and comes while it is
    /// destroyed, has the text of its error freed twice, which ends the process:
    /// `rd_kafka_txn_set_fatal_error` by the broker's thread after `rd_kafka_txns_term` by the
    /// main one (seen in 2.0.2).
    private static func giveUpUnderWay(_ producer: OpaquePointer) {
        let all = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT
        unsafe rd_kafka_purge(producer, all)
        // In milliseconds; no broker is waited for.
        unsafe rd_kafka_flush(producer, 1_000)
    }

    deinit {
        // Destroying joins the client's threads, which may take long when a broker is away, so it
        // has a thread of its own. A consumer that wants to leave its group has closed before.
        nonisolated(unsafe) let handle = unsafe handle
        let callbacks = unsafe callbacks
        let kind = kind
        DispatchQueue.global().async {
            if kind == .consumer {
                unsafe rd_kafka_destroy_flags(handle, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE)
            } else {
                unsafe Self.giveUpUnderWay(handle)
                unsafe rd_kafka_destroy(handle)
            }
            unsafe callbacks.release()
        }
    }
}

/// The version of the librdkafka that is loaded, such as `2.0.2`.
package func librdkafkaVersion() -> String {
    unsafe rd_kafka_version_str().map { unsafe String(cString: $0) } ?? "?"
}

/// Calls `body` with room for an error text; gives the text if `body` says that it failed.
func errorText(_ body: (UnsafeMutablePointer<CChar>, Int) -> Bool) -> String? {
    // librdkafka's examples give 512 bytes; longer texts are cut.
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        unsafe buffer.initialize(repeating: 0)
        guard let base = buffer.baseAddress, unsafe body(base, 512) else { return nil }
        return unsafe String(cString: base)
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, as librdkafka takes its timeouts; at most a day.
    var timeoutMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds < 86_400 else { return 86_400_000 }
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}

private let forwardLog:
    @convention(c) (OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?) -> Void = {
        handle, level, facility, text in
        guard let handle = unsafe handle, let opaque = unsafe rd_kafka_opaque(handle) else {
            return
        }
        let callbacks = unsafe Unmanaged<ClientCallbacks>.fromOpaque(opaque).takeUnretainedValue()
        unsafe callbacks.log(
            ClientLogLine(
                level: level, facility: facility.map { unsafe String(cString: $0) } ?? "",
                text: text.map { unsafe String(cString: $0) } ?? ""))
    }

private let forwardDelivery:
    @convention(c) (
        OpaquePointer?, UnsafePointer<rd_kafka_message_t>?, UnsafeMutableRawPointer?
    ) -> Void = { _, message, opaque in
        guard let message = unsafe message?.pointee, let opaque = unsafe opaque else { return }
        let callbacks = unsafe Unmanaged<ClientCallbacks>.fromOpaque(opaque).takeUnretainedValue()
        let failed = unsafe message.err != RD_KAFKA_RESP_ERR_NO_ERROR
        let report = unsafe DeliveryReport(
            token: UInt(bitPattern: message._private), offset: message.offset,
            error: failed ? KafkaError(message.err, during: "delivery") : nil)
        callbacks.delivered?(report)
    }
