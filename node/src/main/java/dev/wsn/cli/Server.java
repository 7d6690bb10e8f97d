package dev.wsn.cli;

/** A command that runs until it is stopped; being stopped, even before it is up, is its success. */
interface Server {}
