-- Photos of devices (安装照片): who took which and when. The bytes are evidence, in files named by their hash.
CREATE TABLE device_photo (
    device text        NOT NULL REFERENCES device (id),
    hash   text        NOT NULL, -- SHA-256 of the bytes, hexadecimal
    media  text        NOT NULL,
    bytes  integer     NOT NULL,
    at     timestamptz NOT NULL, -- when it was sent
    caller text        NOT NULL,
    PRIMARY KEY (device, hash)
);
CREATE INDEX device_photo_hash ON device_photo (hash);
