import CLibcurl

/// The owner of one curl easy handle for one mail, and of the recipient list it points to.
///
/// Lives on one thread: made, used and freed within one call.
@safe struct SMTPHandle: ~Copyable {
    private let pointer: UnsafeMutableRawPointer
    private let state = State()

    /// What changes while options are set.
    @safe private final class State {
        var recipients: UnsafeMutablePointer<curl_slist>?
        /// False once an option was refused (only for lack of memory).
        var isIntact = true

        deinit { unsafe curl_slist_free_all(recipients) }
    }

    init?() {
        guard let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
    }

    /// Whether curl took all options.
    var isIntact: Bool { state.isIntact }

    func set(_ option: CURLoption, _ value: Int) {
        check(unsafe easy_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, _ value: String) {
        check(unsafe easy_set_string(pointer, option, value))
    }

    func setSize(_ bytes: Int) {
        check(unsafe easy_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(bytes)))
    }

    func setRecipient(_ path: String) {
        guard let list = unsafe curl_slist_append(nil, path) else {
            state.isIntact = false
            return
        }
        unsafe state.recipients = list
        check(unsafe easy_set_pointer(pointer, CURLOPT_MAIL_RCPT, list))
    }

    /// Lets an exchange give the mail and hear what is said; it must outlive `perform`.
    func setCallbacks(_ exchange: SMTPExchange) {
        let context = unsafe Unmanaged.passUnretained(exchange).toOpaque()
        check(unsafe easy_set_pointer(pointer, CURLOPT_READDATA, context))
        check(unsafe easy_set_pointer(pointer, CURLOPT_DEBUGDATA, context))
        check(
            unsafe easy_set_receiver(pointer, CURLOPT_READFUNCTION) { room, size, count, context in
                let room = unsafe UnsafeMutableRawBufferPointer(start: room, count: size * count)
                return unsafe exchangeOf(context).give(room)
            })
        check(
            unsafe easy_set_debug(pointer) { _, kind, bytes, count, context in
                let bytes = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
                unsafe exchangeOf(context).hear(kind, bytes)
                return 0
            })
        check(unsafe easy_set_long(pointer, CURLOPT_VERBOSE, 1))
    }

    func perform() -> CURLcode {
        unsafe curl_easy_perform(pointer)
    }

    private func check(_ code: CURLcode) {
        if code != CURLE_OK { state.isIntact = false }
    }
}

/// The exchange that a callback of curl belongs to.
private func exchangeOf(_ context: UnsafeMutableRawPointer?) -> SMTPExchange {
    guard let context = unsafe context else {
        preconditionFailure("curl gave back another context than the one that was set")
    }
    return unsafe Unmanaged<SMTPExchange>.fromOpaque(context).takeUnretainedValue()
}
