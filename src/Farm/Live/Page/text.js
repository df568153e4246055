// Figures as the report writes them.

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const count = value => value === null || value === undefined ? "-" : grouped.format(value);

const decimals = (value, most) => String(Number(value.toFixed(most)));

export const rate = value => value === null || value === undefined ? "-" : (value > 0 && value < 10 ? decimals(value, 2) : grouped.format(value)) + "/s";

export const share = (part, whole) => {
  if (!whole || part === null || part === undefined) {
    return "-";
  }

  return part > 0 && part / whole < 0.00005 ? "< 0.01 %" : decimals(part / whole * 100, 2) + " %";
};

export const latency = seconds => {
  if (seconds < 0.0000005) {
    return "0 ms";
  }

  if (seconds < 0.001) {
    return decimals(seconds * 1e6, 1) + " us";
  }

  if (seconds < 1) {
    return decimals(seconds * 1e3, seconds < 0.01 ? 2 : 1) + " ms";
  }

  return seconds < 100000 ? decimals(seconds, 2) + " s" : decimals(seconds / 86400, 2) + " d";
};

export const bytes = value => {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }

  return decimals(value, unit === 0 ? 0 : 1) + " " + units[unit];
};

// minutes:seconds, with hours or days before them where there are any.
export const clock = seconds => {
  const whole = Math.max(0, Math.round(seconds));
  const two = value => String(value).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  const short = `${two(minutes)}:${two(whole % 60)}`;
  return days > 0 ? `${days} d ${two(hours)}:${short}` : hours > 0 ? `${hours}:${short}` : short;
};
