package import HTTPClient

/// Where an installation's blobs stand, as one text says it: a folder's path, or
/// `s3:https://HOST/BUCKET?region=REGION` for an S3-compatible store that several machines share.
package enum BlobLocation: Hashable, Sendable {
    /// A folder's path.
    case folder(String)
    /// A bucket.
    case bucket(S3Bucket)

    /// Why a text names no store.
    package struct Slip: Error, Hashable, Sendable, CustomStringConvertible {
        /// The reason.
        package let description: String
    }

    /// Reads a store's text.
    ///
    /// - Throws: ``Slip`` saying what is wrong, without what may be a secret.
    package init(_ text: String) throws(Slip) {
        guard text.hasPrefix("s3:") else {
            guard !text.isEmpty, !text.contains("://") else {
                throw Slip(
                    description: "write a folder's path, or s3:https://HOST/BUCKET?region=REGION")
            }
            self = .folder(text)
            return
        }
        self = .bucket(try S3Bucket(url: String(text.dropFirst(3))))
    }

    /// The text that names it.
    package var text: String {
        switch self {
        case .folder(let path): path
        case .bucket(let bucket): "s3:\(bucket.url)?region=\(bucket.region)"
        }
    }

    /// Opens the store.
    ///
    /// - Throws: ``Slip`` if a bucket has no credentials in the environment.
    package func open(
        over http: HTTPClient, environment: [String: String]
    ) throws(Slip) -> any BlobStore {
        switch self {
        case .folder(let path): return BlobFolder(path)
        case .bucket(let bucket):
            guard let key = environment["AWS_ACCESS_KEY_ID"], !key.isEmpty,
                let secret = environment["AWS_SECRET_ACCESS_KEY"], !secret.isEmpty
            else {
                throw Slip(
                    description: "an S3 bucket needs $AWS_ACCESS_KEY_ID and $AWS_SECRET_ACCESS_KEY")
            }
            return S3BlobStore(
                bucket, key: key, secret: secret, sessionToken: environment["AWS_SESSION_TOKEN"],
                over: http)
        }
    }
}

/// A bucket of an S3-compatible store, addressed by path (`https://HOST/BUCKET/KEY`).
package struct S3Bucket: Hashable, Sendable {
    /// `https://HOST/BUCKET`, without a slash at its end.
    package let url: String
    /// The region that requests are signed for.
    package let region: String

    /// Reads `https://HOST/BUCKET?region=REGION`; the region is `us-east-1` unless named.
    init(url text: String) throws(BlobLocation.Slip) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var path = String(parts[0])
        while path.hasSuffix("/") { path.removeLast() }
        guard
            let rest = ["https://", "http://"].first(where: path.hasPrefix).map({
                path.dropFirst($0.count)
            }), !rest.contains("@")
        else {
            throw BlobLocation.Slip(
                description: "an S3 store is s3:https://HOST/BUCKET, without a user's name; "
                    + "keys come from the environment")
        }
        let pieces = rest.split(separator: "/", omittingEmptySubsequences: false)
        guard pieces.count == 2, !pieces[0].isEmpty, Self.isBucket(pieces[1]) else {
            throw BlobLocation.Slip(
                description: "after the host stands the bucket's name alone: 3 to 63 of a-z, 0-9, "
                    + "- and .")
        }
        var region = "us-east-1"
        if parts.count == 2 {
            let items = parts[1].split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard items.count == 2, items[0] == "region", Self.isRegion(items[1]) else {
                throw BlobLocation.Slip(description: "the only setting is region=REGION")
            }
            region = String(items[1])
        }
        url = path
        self.region = region
    }

    private static func isBucket(_ name: Substring) -> Bool {
        (3...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d
                    || byte == 0x2e
            }
    }

    private static func isRegion(_ name: Substring) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d
            }
    }
}
