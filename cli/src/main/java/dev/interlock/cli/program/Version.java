package dev.interlock.cli.program;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** The version of the program: from the jar's manifest, or {@code development} without a jar. */
public final class Version {
  private Version() {}

  /** The version, a word. */
  public static String current() {
    @Nullable String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * The same version for picocli's {@code --version}. Apart, so that {@code Version} loads none of
   * picocli.
   */
  public static final class Provider implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"interlock " + current()};
    }
  }
}
