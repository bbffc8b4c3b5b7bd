internal import Lifecycle
internal import Sealing
internal import Storage

/// One frame of a backup: a stored thing as it lies in the store, sealed inside as it is there.
///
/// The content is a list of fields, each `u32 length | bytes`; numbers are big endian in as many bytes as their type has, an absent field is
/// empty.
///
/// | type | holds | fields |
/// |---|---|---|
/// | 1 | a value of the vault's own | key (UTF-8), value |
/// | 2 | a credential's row | id 16, tag, due i64 or empty, epoch u32, body, MAC |
/// | 3 | a version of the row before it | id 16, number u64, epoch u32, description, 0 or 1 (u8) for whether a value follows, value |
/// | 4 | a node of the manifest | number u8, body |
/// | 5 | an entry of the journal | sequence u64, at i64, id 16 or empty, epoch u32, body, chain, signature or empty |
///
/// Values come first, then every row with its versions, then nodes, then entries, oldest first.
enum BackupFrame {
    /// Nil for changes that put nothing into a store.
    static func encoded(_ change: StorageChange) -> (type: UInt8, content: [UInt8])? {
        var fields = FrameFields()
        switch change {
        case .setValue(let key, let value?):
            fields.append(Array(key.utf8))
            fields.append(value)
            return (1, fields.bytes)
        case .insertRow(let row):
            fields.append(row.id.bytes)
            fields.append(row.tag)
            fields.append(row.due.map { bigEndianBytes($0.milliseconds) } ?? [])
            fields.append(bigEndianBytes(row.epoch))
            fields.append(row.body)
            fields.append(row.mac)
            return (2, fields.bytes)
        case .insertVersion(let version, let number, let id):
            fields.append(id.bytes)
            fields.append(bigEndianBytes(UInt64(number)))
            fields.append(bigEndianBytes(version.epoch))
            fields.append(version.description)
            fields.append([version.value == nil ? 0 : 1])
            fields.append(version.value ?? [])
            return (3, fields.bytes)
        case .setNode(let number, let body?):
            fields.append([number])
            fields.append(body)
            return (4, fields.bytes)
        case .appendEntry(let entry):
            fields.append(bigEndianBytes(entry.sequence))
            fields.append(bigEndianBytes(entry.at.milliseconds))
            fields.append(entry.record?.bytes ?? [])
            fields.append(bigEndianBytes(entry.epoch))
            fields.append(entry.body)
            fields.append(entry.chain)
            fields.append(entry.signature ?? [])
            return (5, fields.bytes)
        default: return nil
        }
    }

    /// - Throws: `.streamFrame` for any other content.
    static func change(type: UInt8, _ content: [UInt8]) throws(SealingError) -> StorageChange {
        do throws(SealingError) {
            var fields = ByteReader(content)
            let change = try change(type: type, &fields)
            guard fields.remaining == 0 else { throw .streamFrame }
            return change
        } catch { throw .streamFrame }
    }

    private static func change(type: UInt8, _ fields: inout ByteReader) throws(SealingError) -> StorageChange {
        switch type {
        case 1:
            guard let key = String(validating: try fields.field(), as: UTF8.self) else { throw .streamFrame }
            return .setValue(key, try fields.field())
        case 2:
            let id = try fields.record()
            let tag = try fields.field()
            let due = try fields.optional(Int64.self).map(Timestamp.init(milliseconds:))
            return .insertRow(
                StoredRow(
                    id: id, tag: tag, due: due, epoch: try fields.fixed(UInt32.self), body: try fields.field(),
                    mac: try fields.field()))
        case 3: return try version(&fields)
        case 4: return .setNode(try fields.fixed(UInt8.self), try fields.field())
        case 5: return .appendEntry(try entry(&fields))
        default: throw .streamFrame
        }
    }

    private static func version(_ fields: inout ByteReader) throws(SealingError) -> StorageChange {
        let id = try fields.record()
        guard let number = Int(exactly: try fields.fixed(UInt64.self)) else { throw .streamFrame }
        let epoch = try fields.fixed(UInt32.self)
        let description = try fields.field()
        let isHere = try fields.fixed(UInt8.self)
        let value = try fields.field()
        guard isHere == 1 || isHere == 0 && value.isEmpty else { throw .streamFrame }
        let version = StoredVersion(epoch: epoch, description: description, value: isHere == 1 ? value : nil)
        return .insertVersion(version, number: number, of: id)
    }

    private static func entry(_ fields: inout ByteReader) throws(SealingError) -> StoredEntry {
        let sequence = try fields.fixed(UInt64.self)
        let at = Timestamp(milliseconds: try fields.fixed(Int64.self))
        let record = try fields.field()
        let id = RecordID(bytes: record)
        guard id != nil || record.isEmpty else { throw .streamFrame }
        let epoch = try fields.fixed(UInt32.self)
        let (body, chain, signature) = (try fields.field(), try fields.field(), try fields.field())
        return StoredEntry(
            sequence: sequence, at: at, record: id, epoch: epoch, body: body, chain: chain,
            signature: signature.isEmpty ? nil : signature)
    }
}

private struct FrameFields {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ field: [UInt8]) { bytes += bigEndianBytes(UInt32(field.count)) + field }
}

extension ByteReader {
    fileprivate mutating func field() throws(SealingError) -> [UInt8] { try take(Int(try number(UInt32.self))) }

    fileprivate mutating func fixed<Number: FixedWidthInteger>(_ type: Number.Type) throws(SealingError) -> Number {
        guard let number = try optional(type) else { throw .malformed }
        return number
    }

    /// Nil for an empty field.
    fileprivate mutating func optional<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(SealingError) -> Number? {
        let bytes = try field()
        guard !bytes.isEmpty else { return nil }
        guard bytes.count == Number.bitWidth / 8 else { throw .malformed }
        var reader = ByteReader(bytes)
        return try reader.number(type)
    }

    fileprivate mutating func record() throws(SealingError) -> RecordID {
        guard let id = RecordID(bytes: try field()) else { throw .malformed }
        return id
    }
}
