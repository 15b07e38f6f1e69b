package import Conversation
import FoundationEssentials

/// The passages of one tenant as they stood at a position of the log, in a file that all processes
/// of the machine share: everything that a search looks at, made once.
package final class IndexGeneration: Sendable {
    /// The file's name.
    package let name: String
    /// The tenant.
    package var tenant: TenantID { contents.tenant }
    /// The offset behind the last record of the log that is in it.
    package var position: Int64 { contents.position }
    /// The number of passages.
    package var rows: Int { contents.rows }
    /// The bytes that it takes.
    package var size: Int { file.count }

    let contents: IndexContents
    let file: MappedFile
    let key: IndexKey
    let lists: IndexLists
    let spaces: [VectorSpace: MappedVectors]
    /// What stands of documents.
    let standings: [DocumentID: DocumentStanding]

    /// Maps a file and looks at all of it: whether it is of this form and version, whole, unchanged
    /// since it was made, this tenant's, and made with its key.
    ///
    /// Blocks for as long as it takes to read the file.
    ///
    /// - Throws: ``IndexFileError`` with what is wrong: such a file is made anew.
    package init(
        path: String, tenant: TenantID, key: IndexKey
    ) throws(IndexFileError) {
        guard let file = MappedFile(path: path) else {
            throw IndexFileError(path: path, reason: "it cannot be opened")
        }
        do throws(Unfit) {
            contents = try Self.contents(file)
            guard contents.tenant == tenant else { throw Unfit("it is another tenant's") }
            guard contents.key == key.name else { throw Unfit("it was made with another key") }
            lists = try IndexLists(contents, file)
            var spaces: [VectorSpace: MappedVectors] = [:]
            for space in contents.spaces {
                spaces[VectorSpace(model: space.model, dimensions: space.dimensions)] =
                    try MappedVectors(space, file, rows: contents.rows)
            }
            self.spaces = spaces
            standings = try Self.standings(contents, file, key)
        } catch {
            throw IndexFileError(path: path, reason: error.reason)
        }
        name = String(path.split(separator: "/").last ?? "")
        self.file = file
        self.key = key
    }

    /// Why a file is none of ours.
    struct Unfit: Error {
        let reason: String
        init(_ reason: String) { self.reason = reason }
    }

    private static func contents(_ file: MappedFile) throws(Unfit) -> IndexContents {
        let size = IndexContents.headerSize
        guard file.count > size, file.bytes(0..<8) == IndexContents.magic else {
            throw Unfit("it is no index")
        }
        guard file.load(UInt32.self, at: 8) == IndexContents.version else {
            throw Unfit("it is of another version")
        }
        guard file.bytes(72..<104) == file.digest(of: 0..<72),
            file.load(UInt64.self, at: 16) == UInt64(file.count)
        else { throw Unfit("its beginning is damaged, or it was cut") }
        guard file.bytes(40..<72) == file.digest(of: size..<file.count) else {
            throw Unfit("it is damaged")
        }
        let place = Int(clamping: file.load(UInt64.self, at: 24))
        let length = Int(clamping: file.load(UInt64.self, at: 32))
        guard place >= size, place <= file.count, length <= file.count - place,
            // What cannot be read is damaged, whatever the decoder says of it.
            let contents = try? JSONDecoder().decode(
                IndexContents.self, from: Data(file.bytes(place..<(place + length))))
        else { throw Unfit("its description cannot be read") }
        return contents
    }

    private static func standings(
        _ contents: IndexContents, _ file: MappedFile, _ key: IndexKey
    ) throws(Unfit) -> [DocumentID: DocumentStanding] {
        guard let section = contents.sections[.standings], section.lies(in: file),
            let text = key.opened(
                file.bytes(section.place..<(section.place + section.size)), as: "standings"),
            // As above.
            let standings = try? JSONDecoder().decode([DocumentStanding].self, from: Data(text))
        else { throw Unfit("what stands of documents cannot be read") }
        return Dictionary(standings.map { ($0.document, $0) }) { $1 }
    }
}

/// Why a file of an index is not used.
package struct IndexFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// What is wrong.
    package let reason: String

    /// Describes an error.
    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// A sentence for the log.
    package var description: String { "\(path): \(reason)" }
}

/// The lists of a generation.
struct IndexLists: Sendable {
    let documents: MappedNumbers<UInt32>
    let versions: MappedNumbers<Int32>
    let lengths: MappedNumbers<Int32>
    let flags: MappedNumbers<UInt32>
    let ids: MappedNumbers<UInt8>
    let idStarts: MappedNumbers<UInt64>
    let idTable: MappedNumbers<UInt32>
    let frames: MappedNumbers<UInt64>
    let sayings: MappedNumbers<UInt64>
    let sayingWords: MappedNumbers<UInt32>
    let shingles: MappedNumbers<UInt32>
    let sentenceStarts: MappedNumbers<UInt32>
    let sentencePlaces: MappedNumbers<UInt64>
    let sentenceCounts: MappedNumbers<UInt32>
    let sentenceFactors: MappedNumbers<Float>
    let steps: MappedNumbers<Int8>
    let tokens: MappedNumbers<UInt64>
    let tokenStarts: MappedNumbers<UInt64>
    let tokenDirectory: MappedNumbers<UInt32>
    let postings: MappedNumbers<UInt32>
    let words: MappedNumbers<UInt8>
    let wordStarts: MappedNumbers<UInt64>

    init(_ contents: IndexContents, _ file: MappedFile) throws(IndexGeneration.Unfit) {
        func list<Number>(
            _ name: IndexContents.Name, _ count: Int? = nil
        ) throws(IndexGeneration.Unfit) -> MappedNumbers<Number> {
            guard let list = MappedNumbers<Number>(file, contents.sections[name]),
                count == nil || list.count == count
            else { throw IndexGeneration.Unfit("its \(name.rawValue) are not whole") }
            return list
        }
        let rows = contents.rows
        documents = try list(.documents, rows)
        versions = try list(.versions, rows)
        lengths = try list(.lengths, rows)
        flags = try list(.flags, rows)
        ids = try list(.ids)
        idStarts = try list(.idStarts, rows + 1)
        idTable = try list(.idTable)
        frames = try list(.frames, rows)
        sayings = try list(.sayings, rows)
        sayingWords = try list(.sayingWords, rows)
        shingles = try list(.shingles, rows * Saying.shingleCount)
        sentenceStarts = try list(.sentenceStarts, rows + 1)
        sentencePlaces = try list(.sentencePlaces)
        sentenceCounts = try list(.sentenceCounts, sentencePlaces.count)
        sentenceFactors = try list(.sentenceFactors, sentencePlaces.count)
        steps = try list(.steps)
        tokens = try list(.tokens)
        tokenStarts = try list(.tokenStarts, tokens.count + 1)
        tokenDirectory = try list(.tokenDirectory, TokenDirectory.size(of: tokens.count))
        postings = try list(.postings)
        words = try list(.words)
        wordStarts = try list(.wordStarts, rows + 1)
        guard idTable.count > rows, idTable.count & (idTable.count - 1) == 0 else {
            throw IndexGeneration.Unfit("its idTable is not whole")
        }
    }
}
