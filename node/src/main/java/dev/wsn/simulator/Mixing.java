package dev.wsn.simulator;

/** A bijection of 64 bits whose every output bit depends on every input bit (SplitMix64). */
final class Mixing {
  private Mixing() {}

  static long mix(long value) {
    long mixed = value + 0x9e37_79b9_7f4a_7c15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return mixed ^ (mixed >>> 31);
  }
}
