package import HTTPServer

/// The cookie that says who asks: HttpOnly, of this host alone, and never sent by what another site
/// makes a browser do but follow a link.
///
/// Over https it is called `__Host-parley`, which no other host can set (RFC 6265bis, 4.1.3.2).
/// Safari drops what is `Secure` on http, also on this machine, so there it has another name, with
/// the port, for browsers keep one jar for all ports of a host.
package enum SessionCookie {
    /// What a session's token begins with.
    package static let tokenPrefix = "ply_session_"
    /// What the token of an operator who acts as somebody begins with.
    package static let impersonationPrefix = "ply_acting_"
    private static let secureName = "__Host-parley"
    /// What the second cookie's name ends with, which an operator has who acts as somebody.
    private static let impersonationSuffix = "-as"
    /// More bytes than any of our cookies has.
    private static let mostBytes = 200

    /// How a browser reaches us, as far as its cookies go.
    package enum Way: Hashable, Sendable {
        /// Over https.
        case secure
        /// Over http, on this machine.
        case local
    }

    /// The way by which a browser sent a request that is to set a cookie.
    ///
    /// - Throws: a problem for what comes over http from elsewhere: everybody on the way could take
    ///   the session.
    package static func way(of request: HTTPRequest) throws(Problem) -> Way {
        if request.headers.first(named: "Origin")?.hasPrefix("https://") == true { return .secure }
        guard isLocal(request) else {
            throw Problem(
                .insecure,
                "nobody signs in over plain http from another machine, where others can listen; "
                    + "reach the console over https, through a proxy")
        }
        return .local
    }

    /// The token in a request's cookie.
    package static func token(in request: HTTPRequest) -> String? {
        if let token = value(of: secureName, in: request) { return token }
        return isLocal(request) ? value(of: localName(request), in: request) : nil
    }

    /// The token in the second cookie of a request.
    package static func impersonationToken(in request: HTTPRequest) -> String? {
        if let token = value(of: secureName + impersonationSuffix, in: request) { return token }
        guard isLocal(request) else { return nil }
        return value(of: localName(request) + impersonationSuffix, in: request)
    }

    /// The line that sets the second cookie for so many seconds.
    package static func impersonationLine(
        _ token: String, _ way: Way, for request: HTTPRequest, seconds: Int64
    ) -> (name: String, value: String) {
        let name = way == .secure ? secureName : localName(request)
        return line(name + impersonationSuffix, token, way, seconds)
    }

    /// The line that sets the cookie for so many seconds.
    package static func line(
        _ token: String, _ way: Way, for request: HTTPRequest, seconds: Int64
    ) -> (name: String, value: String) {
        let name = way == .secure ? secureName : localName(request)
        return line(name, token, way, seconds)
    }

    /// The lines that take both cookies away, by whatever names they came.
    package static func clearing(_ request: HTTPRequest) -> [(name: String, value: String)] {
        clearing("", request) + clearingImpersonation(request)
    }

    /// The lines that take the second cookie away.
    package static func clearingImpersonation(
        _ request: HTTPRequest
    ) -> [(name: String, value: String)] {
        clearing(impersonationSuffix, request)
    }

    private static func clearing(
        _ suffix: String, _ request: HTTPRequest
    ) -> [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = []
        if value(of: secureName + suffix, in: request) != nil {
            lines.append(line(secureName + suffix, nil, .secure, 0))
        }
        if isLocal(request), value(of: localName(request) + suffix, in: request) != nil {
            lines.append(line(localName(request) + suffix, nil, .local, 0))
        }
        return lines
    }

    /// The line that sets any cookie of ours, or takes it away.
    package static func line(
        _ name: String, _ value: String?, _ way: Way, _ seconds: Int64
    ) -> (name: String, value: String) {
        let end = value == nil ? 0 : max(0, seconds)
        return (
            "Set-Cookie",
            "\(name)=\(value ?? ""); Path=/; Max-Age=\(end); HttpOnly; SameSite=Lax"
                + (way == .secure ? "; Secure" : "")
        )
    }

    /// The value of a cookie; `nil` where there is none, or a longer one than ours are.
    package static func value(of name: String, in request: HTTPRequest) -> String? {
        for line in request.headers.all(named: "Cookie") {
            for pair in line.split(separator: ";") {
                let pair = pair.drop { $0 == " " }
                guard pair.hasPrefix(name + "=") else { continue }
                let value = pair.dropFirst(name.count + 1)
                return value.isEmpty || value.utf8.count > mostBytes ? nil : String(value)
            }
        }
        return nil
    }

    /// Refuses what another site may have made a browser send: only safe methods pass (as Go's
    /// CrossOriginProtection, and stricter: whoever says nothing of where they come from is no
    /// browser, and has no business with cookies).
    package static func checkSite(_ request: HTTPRequest) throws(Problem) {
        switch request.method {
        case .get, .head, .options: return
        case .post, .put, .patch, .delete: break
        }
        if let site = request.headers.first(named: "Sec-Fetch-Site") {
            guard site == "same-origin" || site == "none" else { throw foreign }
        } else if request.headers.first(named: "Origin") == nil {
            throw foreign
        }
        // That an Origin is ours is seen to for every request.
    }

    private static let foreign = Problem(
        .foreignPage, "this is for the console's own pages; programs use an API key or a token")

    private static func isLocal(_ request: HTTPRequest) -> Bool {
        let host = (request.headers.first(named: "Host") ?? "").lowercased()
        return ["localhost", "127.0.0.1", "[::1]"].contains {
            host == $0 || host.hasPrefix($0 + ":")
        }
    }

    private static func localName(_ request: HTTPRequest) -> String {
        let host = request.headers.first(named: "Host") ?? ""
        let port = host.split(separator: ":").last.flatMap { UInt16($0) } ?? 80
        return "parley-\(port)"
    }
}

extension Problem.Kind {
    /// Somebody would sign in where others can listen.
    package static let insecure = Self(403, "insecure")
    /// A page of another site asks.
    package static let foreignPage = Self(403, "origin")
    /// Nobody is known by what was sent.
    package static let unauthorized = Self(401, "unauthorized")
    /// A key may not be used from there.
    package static let foreignNetwork = Self(403, "network")
    /// What is known of accounts is still being read.
    package static let accountsStarting = Self(503, "starting")
}
