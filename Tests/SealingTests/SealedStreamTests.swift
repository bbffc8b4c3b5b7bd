import Sealing
import Testing

@Suite struct SealedStreamTests {
    private static let headerSize = 62 + KeySlot.size + 24 + 32
    private static let chunk = 65_536

    private static func frame(_ type: UInt8, _ count: Int) -> PlainFrame {
        PlainFrame(type: type, content: (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(type)) })
    }

    static let samples: [[PlainFrame]] = [
        [], [frame(0, 0)], [frame(1, 1)], [frame(1, chunk - 5)], [frame(1, chunk - 4)], [frame(1, chunk - 6)],
        [frame(1, chunk - 7), frame(2, 0), frame(3, 9)], [frame(1, 2 * chunk - 5)], [frame(9, 1 << 20), frame(255, 3)],
        (0..<300).map { frame(UInt8($0 % 256), $0 * 7) },
    ]

    @Test(arguments: samples.indices, [1, 1000, Int.max])
    func whatGoesInComesOut(index: Int, stride: Int) throws {
        // A byte at a time is slow for the large ones.
        guard stride > 1 || index < 3 else { return }
        let sample = try SampleStream()
        let bytes = try sample.bytes(of: Self.samples[index])
        #expect(try sample.frames(in: StreamBytes(bytes, stride: stride)) == Self.samples[index])
        #expect(try sample.frames(in: StreamBytes(bytes, stride: stride), secretly: true) == Self.samples[index])
        let plain = Self.samples[index].reduce(0) { $0 + 5 + $1.content.count }
        let chunks = max(1, (plain + Self.chunk - 1) / Self.chunk)
        #expect(bytes.count == Self.headerSize + plain + chunks * 21)
    }

    @Test func headerTellsWhatWasSaid() throws {
        let sample = try SampleStream()
        let bytes = try sample.bytes(of: [])
        let header = try SealedStreamReader.header(of: StreamBytes(bytes))
        #expect(header.kind == .backup && header.vault == SampleStream.vault && header.madeAt == -5)
        #expect(header.epoch == 3 && header.sequence == 1 << 40 && header.slots == [sample.slot])
        #expect(header.bytes == Array(bytes[..<Self.headerSize]))
        #expect(header.stream != (try SealedStreamReader.header(of: StreamBytes(sample.bytes(of: []))).stream))
    }

    /// What a changed byte at a place may be found out as.
    private static func classes(_ place: Int) -> [SealingError] {
        switch place {
        case 0..<6, 8, 9..<25: [.malformed]
        case 25..<61: [.streamHeaderMismatch]
        case 61: [.malformed, .streamEndsEarly]
        case 62, 66..<82: [.malformed]
        case 63: [.malformed, .keyDerivationOutOfBounds, .streamHeaderMismatch]
        case 82..<98: [.streamHeaderMismatch]
        case 98..<110: [.keyDerivationOutOfBounds]
        case 110..<headerSize: [.streamHeaderMismatch]
        case headerSize..<headerSize + 4: [.streamChunk(0), .streamEndsEarly]
        default: [.streamChunk(0)]
        }
    }

    @Test func everyFlippedBitIsRefused() throws {
        let sample = try SampleStream()
        let bytes = try sample.bytes(of: [Self.frame(1, 20), Self.frame(2, 3)])
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let error = #expect(throws: SealingError.self, "bit \(bit)") {
                try sample.frames(in: StreamBytes(changed))
            }
            if (6..<8).contains(bit / 8) || (64..<66).contains(bit / 8) {
                if case .unknownSuite = error {} else { Issue.record("bit \(bit): \(String(describing: error))") }
            } else {
                #expect(error.map(Self.classes(bit / 8).contains) == true, "bit \(bit): \(String(describing: error))")
            }
        }
        print("stream: \(bytes.count * 8) flipped bits refused")
    }

    @Test func everyTruncationIsRefused() throws {
        let sample = try SampleStream()
        let small = try sample.bytes(of: [Self.frame(1, 20)])
        for count in 0..<small.count {
            #expect(throws: SealingError.streamEndsEarly, "\(count) bytes") {
                try sample.frames(in: StreamBytes(Array(small[..<count])))
            }
        }
        let large = try sample.bytes(of: [Self.frame(1, 3 * Self.chunk)])
        let places = (0...3).map { Self.headerSize + $0 * (Self.chunk + 21) }.flatMap { [$0 - 1, $0, $0 + 1, $0 + 4] }
        for count in places where count < large.count {
            #expect(throws: SealingError.streamEndsEarly, "\(count) bytes") {
                try sample.frames(in: StreamBytes(Array(large[..<count])))
            }
        }
        print("stream: \(small.count + places.count) truncations refused")
    }

    @Test func bytesBehindTheEndAreRefusedBeforeTheLastChunkIsHandedOut() throws {
        let sample = try SampleStream()
        let source = StreamBytes(try sample.bytes(of: [Self.frame(1, 20)]) + [0])
        var reader = try SealedStreamReader(
            SealedStreamReader.header(of: source), from: source, keys: sample.keys)
        do {
            _ = try reader.next()
            Issue.record("a frame was handed out")
        } catch { #expect(error == .streamGoesOn) }
    }

    /// Chunks of a stream as they lie behind the header.
    private static func chunks(_ bytes: [UInt8]) -> [[UInt8]] {
        var rest = bytes[headerSize...]
        var chunks: [[UInt8]] = []
        while !rest.isEmpty {
            let count = 4 + rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            chunks.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return chunks
    }

    @Test func chunksKeepTheirPlaces() throws {
        let sample = try SampleStream()
        let bytes = try sample.bytes(of: [Self.frame(1, 4 * Self.chunk)])
        let other = Self.chunks(try sample.bytes(of: [Self.frame(1, 4 * Self.chunk)]))
        let (head, own) = (Array(bytes[..<Self.headerSize]), Self.chunks(bytes))
        #expect(own.count == 5)
        let wrong: [([Int], SealingError)] = [
            ([1, 0, 2, 3, 4], .streamChunk(0)), ([0, 0, 1, 2, 3, 4], .streamChunk(1)), ([0, 2, 3, 4], .streamChunk(1)),
            ([1, 2, 3, 4], .streamChunk(0)), ([0, 1, 2, 4], .streamChunk(3)), ([0, 1, 2, 3], .streamEndsEarly),
            ([], .streamEndsEarly), ([0, 1, 2, 3, 4, 4], .streamGoesOn), ([0, 1, 3, 2, 4], .streamChunk(2)),
        ]
        for (order, expected) in wrong {
            #expect(throws: expected, "\(order)") {
                try sample.frames(in: StreamBytes(head + order.flatMap { own[$0] }))
            }
        }
        for place in own.indices {
            var mixed = own
            mixed[place] = other[place]
            #expect(throws: SealingError.streamChunk(place)) {
                try sample.frames(in: StreamBytes(head + mixed.flatMap(\.self)))
            }
        }
        print("stream: \(wrong.count + own.count) wrong orders of chunks refused")
    }

    @Test func anotherVaultsKeysAreRefusedBeforeAnyChunk() throws {
        let sample = try SampleStream()
        let bytes = try sample.bytes(of: [Self.frame(1, 20)])
        #expect(throws: SealingError.streamHeaderMismatch) {
            try sample.frames(in: StreamBytes(Array(bytes[..<Self.headerSize])), keys: VaultKeys.fresh())
        }
    }

    @Test func failuresOfTheDiskAreTold() throws {
        let sample = try SampleStream()
        let frames = [Self.frame(1, 2 * Self.chunk)]
        let bytes = try sample.bytes(of: frames)
        for place in stride(from: 0, to: bytes.count, by: 1009) {
            #expect(throws: SealingError.inputFailed(errno: 5)) {
                try sample.frames(in: StreamBytes(bytes, broken: (place, 5)))
            }
            #expect(throws: SealingError.outputFailed(errno: 28)) {
                try sample.write(frames, to: StreamBytes(broken: (place, 28)))
            }
        }
    }

    @Test func noMoreSlotsThanTheHeaderCanSay() throws {
        let sample = try SampleStream()
        for count in [0, 17] {
            #expect(throws: SealingError.malformed) {
                _ = try SealedStreamWriter(
                    SampleStream.facts, slots: Array(repeating: sample.slot, count: count), keys: sample.keys,
                    to: StreamBytes()
                ).finish()
            }
        }
        var foreign = SampleStream.facts
        foreign.vault[0] ^= 1
        #expect(throws: SealingError.malformed) {
            _ = try SealedStreamWriter(foreign, slots: [sample.slot], keys: sample.keys, to: StreamBytes()).finish()
        }
    }

    @Test func framesBeyondTheirBoundAreNotWritten() throws {
        let sample = try SampleStream()
        var writer = try SealedStreamWriter(
            SampleStream.facts, slots: [sample.slot], keys: sample.keys, to: StreamBytes())
        let large = [UInt8](repeating: 0, count: SealedStreamWriter.largestFrame + 1)
        do {
            try writer.append(type: 1, large.span)
            Issue.record("it was taken")
        } catch { #expect(error == .tooLarge(bytes: large.count)) }
    }
}
