import Cryptography

/// Signed webhook requests, each with a message of its own, ready to be written to a socket.
struct WebhookCorpus: Sendable {
    static let number = "106540352242922"
    static let account = "102290129340398"
    static let secret = "bench-app-secret"
    /// Customers who write, each with a conversation of their own.
    static let customers = 5_000

    private(set) var bytes: [UInt8] = []
    private var ends: [Int] = [0]

    /// How many requests there are.
    var count: Int { ends.count - 1 }

    /// Where a request lies in `bytes`.
    func range(_ index: Int) -> Range<Int> { ends[index]..<ends[index + 1] }

    /// Makes and signs requests.
    ///
    /// - Throws: `CryptographyError` only when memory is exhausted.
    init(count: Int) throws {
        let key = try HMACKey(Array(Self.secret.utf8))
        bytes.reserveCapacity(count * 1_200)
        ends.reserveCapacity(count + 1)
        for index in 0..<count {
            let body = Array(Self.body(index).utf8)
            let signature = Hex.encode(try key.authenticate(body))
            bytes +=
                """
                POST /webhook HTTP/1.1\r
                Host: localhost\r
                User-Agent: facebookexternalua\r
                Accept: */*\r
                Content-Type: application/json\r
                X-Hub-Signature-256: sha256=\(signature)\r
                Content-Length: \(body.count)\r
                \r

                """.utf8
            bytes += body
            ends.append(bytes.count)
        }
    }

    /// The same request, not signed, so many times.
    init(repeating request: [UInt8], count: Int) {
        bytes.reserveCapacity(request.count * count)
        ends.reserveCapacity(count + 1)
        for _ in 0..<count {
            bytes += request
            ends.append(bytes.count)
        }
    }

    /// A text message as Meta sends it since user ids came.
    static func body(_ index: Int) -> String {
        let customer = index % customers
        let phone = "1650\(5_000_000 + customer)"
        let user = "US.1349120865530274\(1_000 + customer)"
        return """
            {"object":"whatsapp_business_account","entry":[{"id":"\(account)","changes":[{"value":\
            {"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881",\
            "phone_number_id":"\(number)"},"contacts":[{"profile":{"name":"Sheena Nelson",\
            "username":"@sheenanelson\(customer)"},"wa_id":"\(phone)","user_id":"\(user)"}],\
            "messages":[{"from":"\(phone)","from_user_id":"\(user)","id":"\(messageID(index))",\
            "timestamp":"\(1_749_416_383 + index / 1_000)","type":"text","text":{"body":"Hello! \
            Does the blue city bike come in a larger frame, and could I pick one up at your shop \
            on Saturday morning? I\\u2019m 1.92 m tall \\ud83d\\udeb2"}}]},"field":"messages"}]}]}
            """
    }

    /// The id of a request's message.
    static func messageID(_ index: Int) -> String {
        "\(idPrefix)\(100_000_000 + index)AA=="
    }

    private static let idPrefix = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQUQ1RjdB"
}
