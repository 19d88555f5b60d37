import { useEffect, useState } from "preact/hooks";

import type { Kind } from "./devices.ts";
import { chooseDevice, chosenDevice, listDevices } from "./devices.ts";

interface Properties {
  readonly id: string;
  readonly kind: Kind;
  readonly label: string;
  readonly onChoice: () => void;
}

/** A select of the microphones or cameras, once the browser tells their names. */
export function DeviceSelect({ id, kind, label, onChoice }: Properties) {
  const devices = useDevices(kind);
  if (!devices.some((device) => device.label)) {
    return null;
  }
  const chosen = devices.find((device) => device.deviceId === chosenDevice(kind)) ?? devices[0];
  const choose = (value: string) => {
    chooseDevice(kind, value);
    onChoice();
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} class="select" value={chosen?.deviceId} onChange={(event) => choose(event.currentTarget.value)}>
        {devices.map((device) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function useDevices(kind: Kind): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  useEffect(() => {
    const read = () => void listDevices(kind).then(setDevices);
    read();
    navigator.mediaDevices?.addEventListener("devicechange", read);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", read);
  }, [kind]);
  return devices;
}
