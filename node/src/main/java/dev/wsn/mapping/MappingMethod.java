package dev.wsn.mapping;

/** How a router is asked. */
public enum MappingMethod {
  /** NAT-PMP, then UPnP if nobody answers that. */
  AUTO,
  /** RFC 6886, only the router of the default route. */
  NAT_PMP,
  /** UPnP Internet Gateway Device, whoever answers in the own network. */
  UPNP
}
