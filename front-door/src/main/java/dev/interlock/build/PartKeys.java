package dev.interlock.build;

/** A part of an object. */
public final class PartKeys extends TypeKeys<PartKeys> {
  PartKeys() {}

  @Override
  PartKeys self() {
    return this;
  }
}
