package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordIndexTest {
  private final RecordIndex index = new RecordIndex(2);

  @Test
  void newestRecordOfAKeyIsHeld() {
    AddressRecord older = Peers.signed(1, Peers.WALL);
    AddressRecord newer = Peers.signed(1, Peers.WALL + 1);

    assertThat(index.restore(newer)).isTrue();
    assertThat(index.restore(older)).isFalse();
    assertThat(index.restore(newer)).as("again").isTrue();

    assertThat(index.at(NodeId.ofRecord(newer.pubkey()))).contains(newer);
    assertThat(index.records()).containsExactly(newer);
    assertThat(index.size()).isEqualTo(1);
  }

  @Test
  void fullIndexTakesNewVersionsButNoNewKeys() {
    AddressRecord first = Peers.signed(1, Peers.WALL);
    assertThat(index.restore(first)).isTrue();
    assertThat(index.restore(Peers.signed(2, Peers.WALL))).isTrue();

    assertThat(index.restore(Peers.signed(3, Peers.WALL))).isFalse();
    assertThat(index.restore(Peers.signed(1, Peers.WALL + 1))).isTrue();
    assertThat(index.hasRoomFor(NodeId.ofRecord(first.pubkey()), 0)).isTrue();
    assertThat(index.hasRoomFor(Peers.id(1), 0)).isFalse();
  }

  @Test
  void placesCanBeKeptForRecordsOnTheirWayToDisk() {
    assertThat(index.hasRoomFor(Peers.id(1), 1)).isTrue();
    assertThat(index.hasRoomFor(Peers.id(1), 2)).isFalse();
  }

  @Test
  void deadRecordsAreDroppedInTheOrderOfTheirExpiry() {
    AddressRecord longer = Peers.signed(1, Peers.WALL, Duration.ofHours(2));
    AddressRecord shorter = Peers.signed(2, Peers.WALL, Duration.ofHours(1));
    index.restore(longer);
    index.restore(shorter);
    assertThat(index.records()).containsExactly(shorter, longer);

    assertThat(index.expire(shorter.expiresAt() - 1)).isEmpty();
    assertThat(index.expire(shorter.expiresAt()))
        .containsExactly(NodeId.ofRecord(shorter.pubkey()));
    assertThat(index.records()).isEqualTo(List.of(longer));
  }

  @Test
  void replacedRecordExpiresOnlyOnce() {
    AddressRecord older = Peers.signed(1, Peers.WALL, Duration.ofHours(1));
    AddressRecord newer = Peers.signed(1, Peers.WALL + 1, Duration.ofHours(2));
    index.restore(older);
    index.restore(newer);

    assertThat(index.expire(older.expiresAt())).isEmpty();
    assertThat(index.at(NodeId.ofRecord(newer.pubkey()))).contains(newer);
  }
}
